import NIOConcurrencyHelpers

extension RedisClient {
    /// What a client knows about its connections and its work; for readiness and metrics.
    public struct State: Sendable, Hashable {
        /// Whether every connection is open.
        public internal(set) var isConnected = false
        /// Why the last attempt to connect or the last connection failed; `nil` once all are open again.
        public internal(set) var lastError: RedisError?
        /// How often a connection was opened again after it had been lost.
        public internal(set) var reconnects = 0
        /// The server that the last handshake found; `nil` before the first, or when `INFO` is forbidden.
        public internal(set) var identity: RedisIdentity?
        /// How often `identity` has changed; the first server found does not count.
        ///
        /// It moves before the first command on the new connection is answered.
        public internal(set) var identityEpoch = 0
        /// Commands answered.
        public internal(set) var commands = 0
        /// Writes that carried one or more pipelines.
        public internal(set) var roundTrips = 0
        /// Pipelines that failed as a whole.
        public internal(set) var failures = 0
        /// Pipelines refused because too much was queued.
        public internal(set) var overloads = 0
        /// Commands sent again because Redis had forgotten their script.
        public internal(set) var scriptReloads = 0
        /// From the call to the last reply, per pipeline.
        public internal(set) var latency = LatencyHistogram()
    }

    /// Latencies counted in fixed buckets, as Prometheus wants them.
    public struct LatencyHistogram: Sendable, Hashable {
        /// The upper bounds of the buckets, in seconds; one more bucket takes the rest.
        public static let bounds = [
            0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
        ]
        /// The number of values in each bucket, not cumulated.
        public private(set) var counts = [Int](repeating: 0, count: bounds.count + 1)
        /// The sum of all values, in seconds.
        public private(set) var sum = 0.0
        /// The number of values.
        public private(set) var count = 0

        mutating func record(seconds: Double) {
            let bucket = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
            counts[bucket] += 1
            sum += seconds
            count += 1
        }
    }
}

/// The state shared by a client's connections.
final class RedisClientStatus: Sendable {
    private struct Contents {
        var state = RedisClient.State()
        var open: Set<Int> = []
        var opened: Set<Int> = []
    }

    private let contents = NIOLockedValueBox(Contents())
    private let connectionCount: Int

    init(connectionCount: Int) {
        self.connectionCount = connectionCount
    }

    var snapshot: RedisClient.State { contents.withLockedValue { $0.state } }

    func update(_ body: (inout RedisClient.State) -> Void) {
        contents.withLockedValue { body(&$0.state) }
    }

    /// Takes note of the server found by a handshake or by `RedisClient.identity()`.
    func found(_ identity: RedisIdentity) {
        contents.withLockedValue { $0.state.note(identity) }
    }

    func connectionOpened(_ index: Int, identity: RedisIdentity?) {
        contents.withLockedValue { contents in
            if let identity { contents.state.note(identity) }
            if !contents.opened.insert(index).inserted { contents.state.reconnects += 1 }
            contents.open.insert(index)
            contents.state.isConnected = contents.open.count == connectionCount
            if contents.state.isConnected { contents.state.lastError = nil }
        }
    }

    /// Returns whether this is news: the connection was open, or the reason differs from the last one.
    @discardableResult
    func connectionFailed(_ index: Int, error: RedisError?) -> Bool {
        contents.withLockedValue { contents in
            let wasOpen = contents.open.remove(index) != nil
            contents.state.isConnected = false
            guard let error else { return wasOpen }
            defer { contents.state.lastError = error }
            return wasOpen || contents.state.lastError != error
        }
    }
}

extension RedisClient.State {
    fileprivate mutating func note(_ identity: RedisIdentity) {
        if let known = self.identity, known != identity { identityEpoch += 1 }
        self.identity = identity
    }
}
