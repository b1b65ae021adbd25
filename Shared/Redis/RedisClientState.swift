import NIOConcurrencyHelpers

extension RedisClient {
    /// What a client knows about its connections and its work; for readiness and metrics.
    public struct State: Sendable, Hashable {
        /// Whether every connection is open, and in a cluster every hash slot is served.
        public internal(set) var isConnected = false
        /// Why the last attempt to connect or the last connection failed; `nil` once all are open again.
        public internal(set) var lastError: RedisError?
        /// How often a connection was opened again after it had been lost.
        public internal(set) var reconnects = 0
        /// The server found by the handshake, or the masters of the cluster; `nil` before the first, or when `INFO` is
        /// forbidden.
        public internal(set) var identity: RedisIdentity?
        /// How often `identity` has changed; the first server or cluster found does not count.
        ///
        /// It moves before the first command on a connection to a new server is answered.
        public internal(set) var identityEpoch = 0
        /// Whether it is a Redis Cluster; `nil` before the first connection.
        public internal(set) var isCluster: Bool?
        /// The masters that serve hash slots; 1 without a cluster.
        public internal(set) var masters = 1
        /// Which replica of the cluster may lack more than the last seconds of writes, at the last look; `nil` when none.
        ///
        /// Were it promoted now, more could be lost than usual.
        public internal(set) var replicationLag: String?
        /// Hash slots that nobody serves.
        public internal(set) var unservedSlots = 0
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
        /// Commands sent again because a node of the cluster had refused them (`MOVED`, `ASK`, `TRYAGAIN`, `CLUSTERDOWN`).
        public internal(set) var redirections = 0
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
        var expected: Set<Int> = []
        var open: Set<Int> = []
        var opened: Set<Int> = []
        var servers: [RedisAddress: RedisServerIdentity] = [:]

        mutating func settle() {
            state.isConnected =
                !expected.isEmpty && expected.isSubset(of: open) && state.isCluster != nil && state.unservedSlots == 0
            if state.isConnected { state.lastError = nil }
        }

        /// Takes note of the servers; a change of what was known moves the epoch.
        mutating func note(_ new: [RedisAddress: RedisServerIdentity]) {
            guard new != servers else { return }
            let identity = RedisIdentity(new.values)
            if let known = state.identity, known != identity { state.identityEpoch += 1 }
            servers = new
            state.identity = identity
        }
    }

    private let contents = NIOLockedValueBox(Contents())

    var snapshot: RedisClient.State { contents.withLockedValue { $0.state } }

    func update(_ body: (inout RedisClient.State) -> Void) {
        contents.withLockedValue { body(&$0.state) }
    }

    /// A connection will be there.
    func expect(_ id: Int) {
        contents.withLockedValue { contents in
            contents.expected.insert(id)
            contents.settle()
        }
    }

    /// A connection is not needed any more.
    func forget(_ id: Int) {
        contents.withLockedValue { contents in
            contents.expected.remove(id)
            contents.open.remove(id)
            contents.opened.remove(id)
            contents.settle()
        }
    }

    /// Takes note of the only server there is; the address may have changed with it.
    func found(only server: RedisServerIdentity?) {
        contents.withLockedValue { contents in
            contents.state.isCluster = false
            if let server { contents.note([RedisAddress(host: "", port: 0): server]) }
        }
    }

    /// Takes note of one node of a cluster.
    func found(_ server: RedisServerIdentity, at address: RedisAddress) {
        contents.withLockedValue { contents in
            var servers = contents.servers
            servers[address] = server
            contents.note(servers)
        }
    }

    /// Takes note of all masters of a cluster; those that did not answer keep the identity that they had.
    func found(_ servers: [RedisAddress: RedisServerIdentity], of table: RedisSlotTable) -> RedisIdentity {
        contents.withLockedValue { contents in
            var all: [RedisAddress: RedisServerIdentity] = [:]
            for master in table.masters { all[master] = servers[master] ?? contents.servers[master] }
            contents.note(all)
            contents.state.isCluster = true
            contents.state.masters = table.masters.count
            contents.state.unservedSlots = table.unservedCount
            if contents.state.unservedSlots > 0 {
                contents.state.lastError = RedisError(
                    serverReply: "CLUSTERDOWN \(contents.state.unservedSlots) hash slots are not served: "
                        + "see `redis-cli --cluster check`"
                )
            }
            contents.settle()
            return RedisIdentity(all.values)
        }
    }

    func connectionOpened(_ id: Int) {
        contents.withLockedValue { contents in
            guard contents.expected.contains(id) else { return }
            if !contents.opened.insert(id).inserted { contents.state.reconnects += 1 }
            contents.open.insert(id)
            contents.settle()
        }
    }

    /// Returns whether this is news: the connection was open, or the reason differs from the last one.
    @discardableResult
    func connectionFailed(_ id: Int, error: RedisError?) -> Bool {
        contents.withLockedValue { contents in
            let wasOpen = contents.open.remove(id) != nil
            guard contents.expected.contains(id) else { return false }
            contents.state.isConnected = false
            guard let error else { return wasOpen }
            defer { contents.state.lastError = error }
            return wasOpen || contents.state.lastError != error
        }
    }
}
