extension Timestamp: LosslessStringConvertible {
    /// 0000-01-01T00:00:00.000Z: the earliest time that can be written.
    public static let earliest = Timestamp(milliseconds: -62_167_219_200_000)
    /// 9999-12-31T23:59:59.999Z: the latest time that can be written.
    public static let latest = Timestamp(milliseconds: 253_402_300_799_999)

    /// Whether the time can be written, as all events' times can.
    public var isWritable: Bool { self >= .earliest && self <= .latest }

    /// RFC 3339 in UTC with milliseconds, such as `2026-11-20T20:27:38.081Z`; clamped to the years 0 to 9999.
    public var description: String {
        let milliseconds = min(max(self, .earliest), .latest).milliseconds
        let (days, time) = milliseconds.flooredQuotientAndRemainder(dividingBy: 86_400_000)
        let date = CivilDate(daysSinceEpoch: days)
        return [
            padded(date.year, 4), "-", padded(date.month, 2), "-", padded(date.day, 2), "T",
            padded(time / 3_600_000, 2), ":", padded(time / 60_000 % 60, 2), ":", padded(time / 1_000 % 60, 2), ".",
            padded(time % 1_000, 3), "Z",
        ].joined()
    }

    /// Reads RFC 3339 with any offset and any fraction; digits beyond the millisecond are cut off.
    public init?(_ description: String) {
        var scanner = DigitScanner(bytes: Array(description.utf8))
        guard let year = scanner.digits(4), scanner.skip("-"),
            let month = scanner.digits(2), scanner.skip("-"),
            let day = scanner.digits(2), scanner.skip("Tt"),
            let hour = scanner.digits(2), hour < 24, scanner.skip(":"),
            let minute = scanner.digits(2), minute < 60, scanner.skip(":"),
            // A leap second counts as the first of the next minute.
            let second = scanner.digits(2), second <= 60,
            let fraction = scanner.fraction(), let offset = scanner.offsetMinutes(), scanner.isAtEnd,
            let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        let minutes = (date.daysSinceEpoch * 24 + hour) * 60 + minute - offset
        let moment = Timestamp(milliseconds: (minutes * 60 + second) * 1_000 + fraction)
        guard moment.isWritable else { return nil }
        self = moment
    }
}

private func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: width - digits.count) + digits
}

extension Int64 {
    fileprivate func flooredQuotientAndRemainder(dividingBy divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

private struct DigitScanner {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func digits(_ count: Int) -> Int64? {
        guard position + count <= bytes.count else { return nil }
        var value: Int64 = 0
        for _ in 0..<count {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    mutating func skip(_ allowed: String) -> Bool {
        guard position < bytes.count, allowed.utf8.contains(bytes[position]) else { return false }
        position += 1
        return true
    }

    /// Milliseconds; 0 without a fraction.
    mutating func fraction() -> Int64? {
        guard skip(".") else { return 0 }
        var value: Int64 = 0
        var scale: Int64 = 100
        guard let first = digit() else { return nil }
        value = first * scale
        while let next = digit() {
            scale /= 10
            value += next * scale
        }
        return value
    }

    /// How far local time is ahead of UTC.
    mutating func offsetMinutes() -> Int64? {
        if skip("Zz") { return 0 }
        let isBehind = position < bytes.count && bytes[position] == UInt8(ascii: "-")
        guard skip("+-"), let hours = digits(2), hours < 24, skip(":"), let minutes = digits(2), minutes < 60 else {
            return nil
        }
        return (hours * 60 + minutes) * (isBehind ? -1 : 1)
    }

    private mutating func digit() -> Int64? {
        guard position < bytes.count else { return nil }
        let value = bytes[position] &- UInt8(ascii: "0")
        guard value < 10 else { return nil }
        position += 1
        return Int64(value)
    }
}
