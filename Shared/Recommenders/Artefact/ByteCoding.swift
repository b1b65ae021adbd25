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

    /// The number of bytes and the text in UTF-8.
    mutating func write(text: String) {
        write(UInt32(text.utf8.count))
        bytes += text.utf8
    }

    /// How long each row is, then all columns, then all values.
    mutating func write(rows: SparseRows) {
        write((0..<rows.rowCount).map { Int32(truncatingIfNeeded: rows.range(of: $0).count) })
        write(rows.columns)
        write(rows.values)
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

    /// A text; throws `damagedArtefact` for bytes that are not UTF-8.
    mutating func readText() throws(RecommenderError) -> String {
        let bytes = try read(count: Int(try read(UInt32.self)))
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw RecommenderError(.damagedArtefact, "a text is not UTF-8")
        }
        return text
    }

    /// Rows whose lengths, columns and values fit together; columns are ascending within a row and not negative.
    mutating func readRows() throws(RecommenderError) -> SparseRows {
        let counts = try readIntegers()
        let columns = try readIntegers()
        let values = try readFloats()
        var offsets = [0]
        offsets.reserveCapacity(counts.count + 1)
        for count in counts {
            let start = offsets.last ?? 0
            let end = start + Int(count)
            guard count >= 0, end <= columns.count,
                zip(columns[start..<end], columns[start..<end].dropFirst()).allSatisfy({ $0 < $1 }),
                count == 0 || columns[start] >= 0
            else { throw RecommenderError(.damagedArtefact, "a row is too long or not in order") }
            offsets.append(end)
        }
        guard offsets.last == columns.count, columns.count == values.count, values.allSatisfy(\.isFinite) else {
            throw RecommenderError(.damagedArtefact, "rows and values contradict each other")
        }
        return SparseRows(offsets: offsets, columns: columns, values: values)
    }

    func finish() throws(RecommenderError) {
        guard remaining == 0 else { throw RecommenderError(.damagedArtefact, "\(remaining) bytes left over") }
    }
}
