/// Reads what ``BinaryWriter`` wrote, refusing everything that it would not have written.
public struct BinaryReader: Sendable {
    /// Why bytes could not be read.
    public enum Failure: Error, Hashable, Sendable {
        /// The bytes end within a value.
        case truncated
        /// A value is not one that a writer writes: a padded varint, bad UTF-8, a number out of range, a wrong order.
        case invalid
    }

    private let bytes: [UInt8]
    private var position: Int

    /// Reads `bytes` from the beginning.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        position = 0
    }

    /// The number of bytes not yet read.
    public var remaining: Int { bytes.count - position }

    /// Whether everything has been read.
    public var isAtEnd: Bool { position == bytes.count }

    /// Reads one byte.
    public mutating func readByte() throws(Failure) -> UInt8 {
        guard position < bytes.count else { throw .truncated }
        defer { position += 1 }
        return bytes[position]
    }

    /// Reads an unsigned integer; a padded or overlong one is invalid.
    public mutating func readVarint() throws(Failure) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try readByte()
            if shift == 63, byte > 1 { throw .invalid }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 {
                if byte == 0, shift > 0 { throw .invalid }
                return value
            }
            shift += 7
        }
    }

    /// Reads an unsigned integer that must fit into `type`.
    public mutating func readVarint<T: FixedWidthInteger>(as type: T.Type) throws(Failure) -> T {
        guard let value = T(exactly: try readVarint()) else { throw .invalid }
        return value
    }

    /// Reads a signed integer.
    public mutating func readZigzag() throws(Failure) -> Int64 {
        let value = try readVarint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// Reads a double.
    public mutating func readDouble() throws(Failure) -> Double {
        guard remaining >= 8 else { throw .truncated }
        var bits: UInt64 = 0
        for index in 0..<8 { bits |= UInt64(bytes[position + index]) << UInt64(8 * index) }
        position += 8
        return Double(bitPattern: bits)
    }

    /// Reads length-prefixed text.
    public mutating func readText() throws(Failure) -> String {
        let length = try readVarint()
        guard length <= UInt64(remaining) else { throw .truncated }
        guard let text = String(validating: bytes[position..<position + Int(length)], as: UTF8.self) else {
            throw .invalid
        }
        position += Int(length)
        return text
    }

    /// Reads `count` bytes as they are.
    public mutating func readRaw(count: Int) throws(Failure) -> ArraySlice<UInt8> {
        guard count >= 0, count <= remaining else { throw .truncated }
        defer { position += count }
        return bytes[position..<position + count]
    }

    /// Reads a count of things that take at least `size` bytes each, so that a damaged one cannot claim memory.
    public mutating func readCount(ofAtLeast size: Int) throws(Failure) -> Int {
        let count = try readCount()
        guard count <= remaining / size else { throw .truncated }
        return count
    }

    /// Reads a number that is not negative.
    public mutating func readCount() throws(Failure) -> Int {
        try readVarint(as: Int.self)
    }

    /// Reads an integer of fixed size, the lowest byte first.
    public mutating func readFixed<Value: FixedWidthInteger & UnsignedInteger>(_: Value.Type) throws(Failure) -> Value {
        var value: Value = 0
        for shift in stride(from: 0, to: Value.bitWidth, by: 8) { value |= Value(try readByte()) << Value(shift) }
        return value
    }
}
