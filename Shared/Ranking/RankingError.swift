/// Why data or parameters were refused, or a ranker could not be fitted or read.
public struct RankingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of failure a caller may branch on.
    public enum Code: String, Sendable {
        /// Features, labels and groups contradict each other, or a number is infinite.
        case invalidData
        /// There is no group in which one row is more relevant than another: nothing can be learned.
        case nothingToLearn
        /// A hyper-parameter lies outside its range.
        case invalidParameter
        /// The features are not those that the ranker was fitted to.
        case otherFeatures
        /// The caller asked to stop.
        case cancelled
        /// The bytes are not what was written.
        case damagedModel
        /// XGBoost refused something that we believed to be right.
        case library
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
