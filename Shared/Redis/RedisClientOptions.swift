extension RedisClient {
    /// How a client connects and what it bounds.
    public struct Options: Sendable, Hashable {
        /// The number of connections, each with a thread of its own.
        public var connections = 2
        /// The bound on opening a connection.
        public var connectTimeout: Duration = .seconds(1)
        /// The bound on a pipeline from the call to its last reply, waiting for a connection included.
        public var commandTimeout: Duration = .seconds(2)
        /// The name in Redis' `CLIENT LIST`; no spaces.
        public var clientName = "freshet"
        /// The bound on the bytes of unanswered pipelines per connection.
        public var maxQueuedBytes = 64 << 20
        /// The bound on the number of unanswered commands per connection.
        public var maxQueuedCommands = 200_000
        /// The first pause after a failed attempt to connect; it doubles up to `maxBackoff`, with jitter.
        public var minBackoff: Duration = .milliseconds(50)
        /// The longest pause between two attempts to connect.
        public var maxBackoff: Duration = .seconds(1)

        /// Creates the default options.
        public init(clientName: String = "freshet") {
            self.clientName = clientName
        }
    }
}

extension Duration {
    /// Whole nanoseconds, at least 0 and at most about 290 years.
    var nanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        return UInt64(min(seconds, 9_000_000_000)) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    }
}
