/// Why data, parameters, bytes or a rule were refused.
public struct SegmentError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of failure a caller may branch on.
    public enum Code: String, Sendable {
        /// There are fewer rows than the computation needs.
        case tooFewRows
        /// A parameter lies outside its range.
        case invalidParameter
        /// A rule says something that cannot be evaluated.
        case invalidRule
        /// The bytes of a model are not what was written.
        case damagedModel
        /// The caller asked to stop.
        case cancelled
    }

    /// What kind of failure it is.
    public let code: Code
    /// What exactly was wrong, for a log.
    public let message: String

    /// Creates an error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Code and message in one line.
    public var description: String { "\(code.rawValue): \(message)" }
}
