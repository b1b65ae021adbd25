/// Appends numbers in little-endian order.
struct ByteWriter {
    var bytes: [UInt8] = []

    mutating func write(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func write(_ value: Float) { write(value.bitPattern) }

    /// A count and the numbers, as they stand in memory on a little-endian machine.
    mutating func write(_ values: [Float]) {
        write(UInt64(values.count))
        #if _endian(little)
        values.withUnsafeBytes { bytes.append(contentsOf: $0) }
        #else
        for value in values { write(value) }
        #endif
    }

    /// A count and the numbers.
    mutating func write(_ values: [Int32]) {
        write(UInt64(values.count))
        #if _endian(little)
        values.withUnsafeBytes { bytes.append(contentsOf: $0) }
        #else
        for value in values { write(value) }
        #endif
    }
}

/// Reads what ``ByteWriter`` wrote; running out of bytes is an error, never a crash.
struct ByteReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var remaining: Int { bytes.count - position }

    mutating func read(count: Int) throws(RecommenderError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= remaining else {
            throw RecommenderError(.damagedArtefact, "\(count) bytes expected, \(remaining) left")
        }
        defer { position += count }
        return bytes[position..<position + count]
    }

    mutating func read<Value: FixedWidthInteger>(_ type: Value.Type) throws(RecommenderError) -> Value {
        let slice = try read(count: MemoryLayout<Value>.size)
        return slice.reversed().reduce(into: Value.zero) { $0 = ($0 << 8) | Value(truncatingIfNeeded: $1) }
    }

    mutating func readFloat() throws(RecommenderError) -> Float { Float(bitPattern: try read(UInt32.self)) }

    mutating func readFloats() throws(RecommenderError) -> [Float] {
        try readWords().map(Float.init(bitPattern:))
    }

    mutating func readIntegers() throws(RecommenderError) -> [Int32] {
        try readWords().map(Int32.init(bitPattern:))
    }

    /// A count that the rest of the bytes can hold, and that many words.
    private mutating func readWords() throws(RecommenderError) -> [UInt32] {
        let count = try read(UInt64.self)
        guard count <= UInt64(remaining / 4) else {
            throw RecommenderError(.damagedArtefact, "\(count) numbers expected, \(remaining) bytes left")
        }
        let slice = try read(count: Int(count) * 4)
        return slice.withUnsafeBytes { raw in
            (0..<Int(count)).map { UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self)) }
        }
    }

    func finish() throws(RecommenderError) {
        guard remaining == 0 else { throw RecommenderError(.damagedArtefact, "\(remaining) bytes left over") }
    }
}
