/// Appends compact binary values: varints, zigzag varints, doubles, length-prefixed text.
///
/// The encoding of fences, profiles and lists in Redis. One value has exactly one encoding, so equal states are equal
/// bytes.
public struct BinaryWriter: Sendable {
    /// What has been written.
    public private(set) var bytes: [UInt8]

    /// Creates an empty writer.
    public init(reservingCapacity capacity: Int = 0) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Appends one byte.
    public mutating func write(byte: UInt8) {
        bytes.append(byte)
    }

    /// Appends an unsigned integer: seven bits a byte, the lowest first (LEB128).
    public mutating func write(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends a signed integer; small magnitudes take few bytes.
    public mutating func write(zigzag value: Int64) {
        write(varint: UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    /// Appends a double's eight bytes, the lowest first.
    public mutating func write(double value: Double) {
        var bits = value.bitPattern
        for _ in 0..<8 {
            bytes.append(UInt8(truncatingIfNeeded: bits))
            bits >>= 8
        }
    }

    /// Appends the text's length in UTF-8 and the text.
    public mutating func write(text: String) {
        write(varint: UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    /// Appends bytes as they are, without their length.
    public mutating func write(raw: some Sequence<UInt8>) {
        bytes.append(contentsOf: raw)
    }

    /// Appends a number that is not negative, such as a count.
    public mutating func write(count: Int) {
        write(varint: UInt64(max(0, count)))
    }

    /// Appends all bytes of `value`, the lowest first.
    public mutating func write(fixed value: some FixedWidthInteger & UnsignedInteger) {
        for shift in stride(from: 0, to: value.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}
