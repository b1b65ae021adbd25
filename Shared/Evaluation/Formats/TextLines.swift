/// The lines of a UTF-8 text with their numbers: without a byte order mark, with either line end, blank lines left out.
struct TextLines {
    private let bytes: [UInt8]
    private var position = 0
    private(set) var number = 0

    /// Throws when the text is clearly in another encoding.
    init(_ bytes: [UInt8]) throws(DataError) {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw DataError("the file is UTF-16; convert it to UTF-8: iconv -f UTF-16 -t UTF-8 FILE > NEW")
        }
        if bytes.starts(with: [0x1F, 0x8B]) { throw DataError("the file is compressed; unpack it first: gunzip FILE") }
        if bytes.starts(with: [0x50, 0x4B, 3, 4]) { throw DataError("the file is a zip archive; unpack it first") }
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// The next line that holds more than white space; `nil` at the end.
    mutating func next() throws(DataError) -> String? {
        while position < bytes.count {
            let start = position
            position = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            var line = bytes[start..<position]
            position += 1
            number += 1
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            guard line.contains(where: { $0 > 0x20 }) else { continue }
            guard !line.contains(0) else { throw DataError(line: number, "a zero byte: this is not a text file") }
            guard let text = String(validating: line, as: UTF8.self) else {
                throw DataError(
                    line: number,
                    "not UTF-8; if it is Latin-1, convert it: iconv -f ISO-8859-1 -t UTF-8 FILE > NEW"
                )
            }
            return text
        }
        return nil
    }
}
