/// A setting that cannot be used: the service does not start and exits with code 78.
public struct SettingsError: Error, Hashable, CustomStringConvertible {
    /// The dotted key, for example `kafka.bootstrap.servers`.
    public let key: String
    /// What is wrong with it, in one line; secrets are not in it.
    public let problem: String

    /// Creates an error about one key.
    public init(key: String, problem: String) {
        self.key = key
        self.problem = problem
    }

    /// The key and its problem in one line.
    public var description: String { "setting \(key): \(problem)" }
}
