/// Records of a CSV text as RFC 4180 has it: commas, quotes, doubled quotes, line ends in quoted fields.
struct CSVLines: Sequence, IteratorProtocol {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        // A byte order mark is nobody's field.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    mutating func next() -> [String]? {
        while position < bytes.count, bytes[position] == 10 || bytes[position] == 13 { position += 1 }
        guard position < bytes.count else { return nil }
        var fields: [String] = []
        while true {
            fields.append(field())
            guard position < bytes.count, bytes[position] == UInt8(ascii: ",") else { break }
            position += 1
        }
        return fields
    }

    private mutating func field() -> String {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
            let start = position
            while position < bytes.count, ![UInt8(ascii: ","), 10, 13].contains(bytes[position]) { position += 1 }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }
        position += 1
        var text: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") {
                guard position < bytes.count, bytes[position] == byte else { break }
                position += 1
            }
            text.append(byte)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
