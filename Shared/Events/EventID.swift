/// Makes ids for events that come without one.
public enum EventID {
    /// A UUID of version 7 in its canonical text: the milliseconds, then 74 random bits.
    public static func uuidV7(at time: Timestamp, using generator: inout some RandomNumberGenerator) -> String {
        let milliseconds = UInt64(clamping: time.milliseconds) & 0xffff_ffff_ffff
        let high = milliseconds << 16 | 0x7000 | UInt64.random(in: 0...0xfff, using: &generator)
        let low = 0x8000_0000_0000_0000 | UInt64.random(in: 0...0x3fff_ffff_ffff_ffff, using: &generator)
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for (word, first) in [(high, 0), (low, 8)] {
            for index in 0..<8 {
                if [4, 6, 8, 10].contains(first + index) { text.append(UInt8(ascii: "-")) }
                let byte = UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * index))
                text.append(hexDigit(byte >> 4))
                text.append(hexDigit(byte & 0xf))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// A UUID of version 7 from the system's random numbers.
    public static func uuidV7(at time: Timestamp) -> String {
        var generator = SystemRandomNumberGenerator()
        return uuidV7(at: time, using: &generator)
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
