public import Redis

/// The generation of each topic, minted when it was created, with the id of the cluster that it lives on.
///
/// An offset means something only within a generation; see rule 6 of `docs/delivery.md`.
public struct TopicGenerations: Sendable {
    /// A topic's generation.
    public struct Generation: Hashable, Sendable {
        /// From 1; a new one starts fences over.
        public var number: UInt32
        /// The Kafka cluster's id.
        public var clusterID: String

        /// Creates a generation.
        public init(number: UInt32, clusterID: String) {
            self.number = number
            self.clusterID = clusterID
        }
    }

    private let redis: RedisClient
    private let keys: KeySpace

    /// Creates a store on `redis`.
    public init(redis: RedisClient, keys: KeySpace = KeySpace()) {
        self.redis = redis
        self.keys = keys
    }

    /// The generations of `topics`; those that were never minted are missing.
    public func generations(of topics: [String]) async throws(StoreError) -> [String: Generation] {
        var pipeline = RedisPipeline()
        for topic in topics { pipeline.append("GET", key: keys.generation(topic: topic)) }
        var found: [String: Generation] = [:]
        for (topic, reply) in zip(topics, try await redis.checkedReplies(to: pipeline)) {
            guard let text = reply.string else { continue }
            let parts = text.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, let number = UInt32(parts[0]) else { throw .corrupt("generation of \(topic)") }
            found[topic] = Generation(number: number, clusterID: String(parts[1]))
        }
        return found
    }

    /// Mints generation 1 for those of `topics` that have none.
    public func mintMissing(_ topics: [String], clusterID: String) async throws(StoreError) {
        var pipeline = RedisPipeline()
        for topic in topics { pipeline.append("SET", key: keys.generation(topic: topic), "1:\(clusterID)", "NX") }
        _ = try await redis.checkedReplies(to: pipeline)
    }

    /// Mints the next generation of each of `topics`: their offsets start over.
    public func mintNext(_ topics: [String], clusterID: String) async throws(StoreError) {
        let current = try await generations(of: topics)
        var pipeline = RedisPipeline()
        for topic in topics {
            let next = (current[topic]?.number ?? 0) + 1
            pipeline.append("SET", key: keys.generation(topic: topic), "\(next):\(clusterID)")
        }
        _ = try await redis.checkedReplies(to: pipeline)
    }
}
