import Redis

/// Why a store could not read or write.
public struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of failure, by what is to be done.
    public enum Code: Hashable, Sendable {
        /// Redis is away or busy: pause, retry with back-off, be unready.
        case unavailable
        /// Redis refuses this very command (such as WRONGTYPE) for ever: the record cannot be processed.
        case refused
        /// The stored bytes are not what Freshet writes.
        case corrupt
    }

    /// The kind of failure.
    public var code: Code
    /// What went wrong, for logs; names no user.
    public var message: String

    /// Creates an error.
    public init(code: Code, message: String) {
        self.code = code
        self.message = message
    }

    /// Whether the same call may succeed later.
    public var isRetriable: Bool { code == .unavailable }

    /// A one-line text for logs.
    public var description: String { "\(code): \(message)" }
}

extension StoreError {
    init(_ error: RedisError) {
        self.init(code: error.isRetriable ? .unavailable : .refused, message: error.description)
    }

    static func corrupt(_ message: String) -> StoreError {
        StoreError(code: .corrupt, message: message)
    }

}
