/// Why data or parameters were refused, or a computation did not finish.
public struct RecommenderError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of failure a caller may branch on.
    public enum Code: String, Sendable {
        /// There is not one interaction with a positive weight.
        case emptyMatrix
        /// A weight or score is negative, infinite or not a number.
        case invalidWeight
        /// A user or item index lies outside the matrix or model.
        case indexOutOfRange
        /// What describes an item cannot be used: a vector with infinite numbers, or of another length than the others.
        case invalidContent
        /// A hyper-parameter lies outside its range.
        case invalidParameter
        /// The caller asked to stop.
        case cancelled
        /// The bytes of an artefact are not what was written.
        case damagedArtefact
        /// The artefact is whole, but of a version or kind that this code does not read.
        case unsupportedArtefact
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
