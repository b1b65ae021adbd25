/// Why bytes are not the JSON that a reader expected.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of failure.
    public enum Code: String, Sendable {
        /// The text ends within a value.
        case unexpectedEnd = "unexpected end"
        /// A byte that the grammar does not allow here.
        case unexpectedByte = "unexpected byte"
        /// Bytes within a string that are not UTF-8.
        case invalidUTF8 = "invalid UTF-8"
        /// An unknown escape, or half of a surrogate pair.
        case invalidEscape = "invalid escape"
        /// A control character that should have been escaped.
        case controlCharacter = "control character in a string"
        /// A number that its type cannot hold.
        case numberOutOfRange = "number out of range"
        /// Arrays and objects nested deeper than the reader allows.
        case tooDeep = "nested too deeply"
        /// A well-formed value of another type than the one asked for.
        case wrongType = "wrong type"
        /// Something other than white space behind the value.
        case trailingBytes = "trailing bytes"
        /// A field that stands twice in its object.
        case duplicateField = "duplicate field"
        /// A value of the right type that its field cannot take, such as a date that does not exist.
        case invalidValue = "invalid value"
    }

    /// What is wrong.
    public var code: Code
    /// Where: an index into the reader's bytes.
    public var offset: Int
    /// The field that was being read, as a path such as `context.page`; `nil` when none was.
    public var field: String?

    /// Creates an error.
    public init(code: Code, offset: Int, field: String? = nil) {
        self.code = code
        self.offset = offset
        self.field = field
    }

    /// The same failure with `field`, unless it names a more exact one.
    public func naming(_ field: String?) -> JSONError {
        JSONError(code: code, offset: offset, field: self.field ?? field)
    }

    /// The failure and its place; never the text itself, which may be personal.
    public var description: String { "\(code.rawValue) at byte \(offset)" }
}
