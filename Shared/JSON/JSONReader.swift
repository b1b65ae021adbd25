/// Pulls JSON values out of UTF-8 bytes in one pass, without building a tree.
///
/// Strict RFC 8259: no byte order mark, no comments, no trailing commas, valid UTF-8 and paired surrogates only. Everything
/// that is skipped is checked as well. The caller asks for what it expects:
///
///     try reader.beginObject()
///     while let key = try reader.nextKey() {
///         if key == "id" { id = try reader.readString() } else { try reader.skipValue() }
///     }
///     try reader.finish()
///
/// Repeated keys are handed out as often as they stand there; whoever minds refuses them.
public struct JSONReader: Sendable {
    /// What a value begins as.
    public enum Kind: Sendable {
        case object, array, string, number, bool, null
    }

    let bytes: [UInt8]
    let end: Int
    /// Where the next token, or white space before it, begins.
    public internal(set) var position: Int
    private var depth = 0
    private let maximumDepth: Int
    /// Whether a value has been completed in the innermost array or object, so that a comma must follow.
    private var needsComma = false

    /// Reads all of `bytes`, or a part of them.
    public init(_ bytes: [UInt8], in range: Range<Int>? = nil, maximumDepth: Int = 64) {
        self.bytes = bytes
        position = range?.lowerBound ?? 0
        end = range?.upperBound ?? bytes.count
        precondition(position >= 0 && end <= bytes.count, "the range lies within the bytes")
        self.maximumDepth = maximumDepth
    }

    /// The kind of the next value, without reading it.
    public mutating func peek() throws(JSONError) -> Kind {
        switch try nextByte() {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        default: throw failure(.unexpectedByte)
        }
    }

    /// Enters an object.
    public mutating func beginObject() throws(JSONError) {
        try begin(.object)
    }

    /// Reads the next key and its colon; `nil` at the object's end, which it leaves.
    public mutating func nextKey() throws(JSONError) -> String? {
        guard try hasNext(before: UInt8(ascii: "}")) else { return nil }
        guard try nextByte() == UInt8(ascii: "\"") else { throw failure(.unexpectedByte) }
        let key = try readString()
        guard try nextByte() == UInt8(ascii: ":") else { throw failure(.unexpectedByte) }
        position += 1
        needsComma = false
        return key
    }

    /// Reads the next key and its colon; its place among `names`, -1 for another one, `nil` at the object's end.
    mutating func nextKey(among names: JSONFieldNames) throws(JSONError) -> Int? {
        guard try hasNext(before: UInt8(ascii: "}")) else { return nil }
        guard try nextByte() == UInt8(ascii: "\"") else { throw failure(.unexpectedByte) }
        let key = try scanString()
        let place = key.hasEscapes ? names.place(of: unescape(key.content)[...]) : names.place(of: bytes[key.content])
        guard try nextByte() == UInt8(ascii: ":") else { throw failure(.unexpectedByte) }
        position += 1
        needsComma = false
        return place ?? -1
    }

    /// Enters an array.
    public mutating func beginArray() throws(JSONError) {
        try begin(.array)
    }

    /// Whether another element follows; at the array's end, which it leaves, `false`.
    public mutating func nextElement() throws(JSONError) -> Bool {
        guard try hasNext(before: UInt8(ascii: "]")) else { return false }
        needsComma = false
        return true
    }

    /// Reads a boolean.
    public mutating func readBool() throws(JSONError) -> Bool {
        guard try peek() == .bool else { throw failure(.wrongType) }
        let value = bytes[position] == UInt8(ascii: "t")
        try readWord(value ? "true" : "false")
        return value
    }

    /// Reads `null` if it stands here, and says whether it did.
    public mutating func readNull() throws(JSONError) -> Bool {
        guard try peek() == .null else { return false }
        try readWord("null")
        return true
    }

    /// Reads a string.
    public mutating func readString() throws(JSONError) -> String {
        guard try peek() == .string else { throw failure(.wrongType) }
        let text = try scanString()
        needsComma = true
        if text.hasEscapes { return String(decoding: unescape(text.content), as: UTF8.self) }
        return bytes.withUnsafeBufferPointer { bytes in
            String(decoding: UnsafeBufferPointer(rebasing: bytes[text.content]), as: UTF8.self)
        }
    }

    /// Reads a string as UTF-8: a part of the reader's own bytes, unless it has escapes.
    public mutating func readUTF8() throws(JSONError) -> ArraySlice<UInt8> {
        guard try peek() == .string else { throw failure(.wrongType) }
        let text = try scanString()
        needsComma = true
        return text.hasEscapes ? unescape(text.content)[...] : bytes[text.content]
    }

    /// Reads a number; one too large for a double is an error, never infinity.
    public mutating func readDouble() throws(JSONError) -> Double {
        guard try peek() == .number else { throw failure(.wrongType) }
        let number = try scanNumber()
        needsComma = true
        return try double(of: number)
    }

    /// Reads a number without a fraction, exactly; `1.0` and `1e3` are such numbers too.
    public mutating func readInteger() throws(JSONError) -> Int64 {
        guard try peek() == .number else { throw failure(.wrongType) }
        let start = position
        let number = try scanNumber()
        needsComma = true
        if let exact = number.integer { return exact }
        guard !number.isInteger, let rounded = Int64(exactly: try double(of: number)),
            rounded.magnitude <= 1 << 53
        else { throw JSONError(code: .numberOutOfRange, offset: start) }
        return rounded
    }

    /// Checks one value of any kind, steps over it, and returns where it stands.
    @discardableResult
    public mutating func skipValue() throws(JSONError) -> Range<Int> {
        let kind = try peek()
        let start = position
        switch kind {
        case .object:
            try beginObject()
            while try hasNext(before: UInt8(ascii: "}")) {
                guard try nextByte() == UInt8(ascii: "\"") else { throw failure(.unexpectedByte) }
                _ = try scanString()
                guard try nextByte() == UInt8(ascii: ":") else { throw failure(.unexpectedByte) }
                position += 1
                try skipValue()
            }
        case .array:
            try beginArray()
            while try nextElement() { try skipValue() }
        case .string: _ = try scanString()
        case .number: _ = try scanNumber()
        case .bool: _ = try readBool()
        case .null: _ = try readNull()
        }
        needsComma = true
        return start..<position
    }

    /// The bytes of one value, as they stand, checked.
    public mutating func readRaw() throws(JSONError) -> [UInt8] {
        Array(bytes[try skipValue()])
    }

    /// Makes sure that nothing but white space follows.
    public mutating func finish() throws(JSONError) {
        skipWhitespace()
        guard position == end else { throw failure(.trailingBytes) }
    }

    func failure(_ code: JSONError.Code) -> JSONError {
        JSONError(code: position < end || code != .unexpectedByte ? code : .unexpectedEnd, offset: position)
    }

    /// The next byte that is not white space; the position stands on it.
    private mutating func nextByte() throws(JSONError) -> UInt8 {
        skipWhitespace()
        guard position < end else { throw failure(.unexpectedEnd) }
        return bytes[position]
    }

    private mutating func skipWhitespace() {
        while position < end {
            switch bytes[position] {
            case 0x20, 0x0a, 0x0d, 0x09: position += 1
            default: return
            }
        }
    }

    private mutating func begin(_ kind: Kind) throws(JSONError) {
        guard try peek() == kind else { throw failure(.wrongType) }
        guard depth < maximumDepth else { throw failure(.tooDeep) }
        depth += 1
        position += 1
        needsComma = false
    }

    /// Steps over the comma if there is another member, else over the closing bracket.
    private mutating func hasNext(before close: UInt8) throws(JSONError) -> Bool {
        let byte = try nextByte()
        if byte == close {
            position += 1
            depth -= 1
            needsComma = true
            return false
        }
        guard needsComma else { return true }
        guard byte == UInt8(ascii: ",") else { throw failure(.unexpectedByte) }
        position += 1
        guard try nextByte() != close else { throw failure(.unexpectedByte) }
        return true
    }

    private mutating func readWord(_ word: StaticString) throws(JSONError) {
        for index in 0..<word.utf8CodeUnitCount {
            guard position < end, bytes[position] == word.utf8Start[index] else { throw failure(.unexpectedByte) }
            position += 1
        }
        needsComma = true
    }
}
