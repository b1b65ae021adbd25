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
        var text: [UInt8] = []
        text.reserveCapacity(24)
        text.append(date.year, digits: 4, before: "-")
        text.append(date.month, digits: 2, before: "-")
        text.append(date.day, digits: 2, before: "T")
        text.append(time / 3_600_000, digits: 2, before: ":")
        text.append(time / 60_000 % 60, digits: 2, before: ":")
        text.append(time / 1_000 % 60, digits: 2, before: ".")
        text.append(time % 1_000, digits: 3, before: "Z")
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads RFC 3339 with any offset and any fraction; digits beyond the millisecond are cut off.
    public init?(_ description: String) {
        self.init(utf8: Array(description.utf8)[...])
    }

    /// Reads the UTF-8 of what ``init(_:)`` reads.
    public init?(utf8 bytes: ArraySlice<UInt8>) {
        var scanner = DigitScanner(bytes)
        guard let year = scanner.digits(4), scanner.skip("-"),
            let month = scanner.digits(2), scanner.skip("-"),
            let day = scanner.digits(2), scanner.skip("T", or: "t"),
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

extension [UInt8] {
    /// Appends `value` with leading zeros, and `mark`.
    fileprivate mutating func append(_ value: Int64, digits: Int, before mark: Unicode.Scalar) {
        var power: Int64 = 1
        for _ in 1..<digits { power *= 10 }
        while power > 0 {
            append(UInt8(ascii: "0") + UInt8(value / power % 10))
            power /= 10
        }
        append(UInt8(ascii: mark))
    }
}

extension Int64 {
    fileprivate func flooredQuotientAndRemainder(dividingBy divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

private struct DigitScanner {
    let bytes: ArraySlice<UInt8>
    var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    var isAtEnd: Bool { position == bytes.endIndex }

    mutating func digits(_ count: Int) -> Int64? {
        guard position + count <= bytes.endIndex else { return nil }
        var value: Int64 = 0
        for _ in 0..<count {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    mutating func skip(_ allowed: Unicode.Scalar, or other: Unicode.Scalar? = nil) -> Bool {
        guard position < bytes.endIndex else { return false }
        let byte = bytes[position]
        guard byte == UInt8(ascii: allowed) || other.map({ byte == UInt8(ascii: $0) }) ?? false else { return false }
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
        if skip("Z", or: "z") { return 0 }
        let isBehind = position < bytes.endIndex && bytes[position] == UInt8(ascii: "-")
        guard skip("+", or: "-"), let hours = digits(2), hours < 24, skip(":"), let minutes = digits(2), minutes < 60
        else {
            return nil
        }
        return (hours * 60 + minutes) * (isBehind ? -1 : 1)
    }

    private mutating func digit() -> Int64? {
        guard position < bytes.endIndex else { return nil }
        let value = bytes[position] &- UInt8(ascii: "0")
        guard value < 10 else { return nil }
        position += 1
        return Int64(value)
    }
}
