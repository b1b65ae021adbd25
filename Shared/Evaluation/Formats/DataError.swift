/// Why a data set was refused, and what to do about it.
public struct DataError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The line, from 1, where one line is to blame.
    public let line: Int?
    /// What is wrong and what would be right.
    public let message: String

    /// Creates an error.
    public init(line: Int? = nil, _ message: String) {
        self.line = line
        self.message = message
    }

    /// The line and the message.
    public var description: String { line.map { "line \($0): \(message)" } ?? message }
}
