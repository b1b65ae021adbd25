/// What went wrong with a Redis command or its connection.
public struct RedisError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of failure a caller can tell apart.
    public enum Code: Sendable, Hashable {
        /// No connection could be opened in time; the command was not sent.
        case connectFailed
        /// The connection was lost with the command in flight; its outcome is unknown.
        case connectionLost
        /// No reply came within the deadline; the outcome is unknown.
        case timedOut
        /// The client is closed; the command was not sent.
        case closed
        /// Redis answered with an error of this kind, its first word: `WRONGTYPE`, `LOADING`, `OOM`, `ERR` …
        case server(kind: String)
        /// The address is not one that this client understands.
        case invalidURL
        /// The reply is not what the command or the protocol promises.
        case invalidReply
        /// Too much is queued already; the command was not sent.
        case overloaded
    }

    /// The kind of failure.
    public var code: Code
    /// What Redis or the operating system said.
    public var message: String

    /// Creates an error.
    public init(code: Code, message: String) {
        self.code = code
        self.message = message
    }

    /// Creates the error that Redis answered, for example `WRONGTYPE Operation against a key …`.
    public init(serverReply text: String) {
        self.init(code: .server(kind: String(text.prefix { $0 != " " })), message: text)
    }

    /// Whether the same command may succeed later: the connection or the server's condition is at fault.
    ///
    /// `false` means that the command itself is at fault (`WRONGTYPE`, a script's error), so that repeating it is
    /// pointless. Missing permission counts as the server's condition: an operator can grant it.
    public var isRetriable: Bool {
        switch code {
        case .connectFailed, .connectionLost, .timedOut, .closed, .overloaded: true
        case .invalidURL, .invalidReply: false
        case .server(let kind): Self.passingConditions.contains(kind)
        }
    }

    /// Whether the command may have taken effect although it failed.
    public var isOutcomeUnknown: Bool {
        switch code {
        case .connectionLost, .timedOut, .invalidReply: true
        default: false
        }
    }

    /// A one-line text for logs.
    public var description: String {
        switch code {
        case .server: message
        default: "\(code): \(message)"
        }
    }

    static let clientClosed = RedisError(code: .closed, message: "the client is closed")

    private static let passingConditions: Set<String> = [
        "ASK", "BUSY", "CLUSTERDOWN", "LOADING", "MASTERDOWN", "MISCONF", "MOVED", "NOAUTH", "NOPERM", "NOREPLICAS",
        "OOM", "READONLY", "TRYAGAIN", "UNKILLABLE", "WRONGPASS",
    ]
}
