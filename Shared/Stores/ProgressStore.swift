public import Redis

/// How far each consumer group has come, kept beside the state so that a lost broker or a lost Redis is noticed.
public struct ProgressStore: Sendable {
    /// A group's position in one partition.
    public struct Position: Hashable, Sendable {
        /// The topic.
        public var topic: String
        /// The partition.
        public var partition: Int32
        /// The topic's generation.
        public var generation: UInt32
        /// The next offset to process.
        public var offset: Int64

        /// Creates a position.
        public init(topic: String, partition: Int32, generation: UInt32, offset: Int64) {
            self.topic = topic
            self.partition = partition
            self.generation = generation
            self.offset = offset
        }
    }

    private let redis: RedisClient
    private let keys: KeySpace
    private let group: String

    /// Creates a store for the consumer group `group`.
    public init(redis: RedisClient, keys: KeySpace = KeySpace(), group: String) {
        self.redis = redis
        self.keys = keys
        self.group = group
    }

    /// Notes positions, in one round trip.
    public func write(_ positions: [Position]) async throws(StoreError) {
        guard !positions.isEmpty else { return }
        var pipeline = RedisPipeline()
        for position in positions {
            pipeline.append(
                "SET",
                key: keys.progress(group: group, topic: position.topic, partition: position.partition),
                "\(position.generation):\(position.offset)"
            )
        }
        _ = try await redis.checkedReplies(to: pipeline)
    }

    /// The positions noted for `partitions`; those without one are missing.
    public func positions(of partitions: [(topic: String, partition: Int32)]) async throws(StoreError) -> [Position] {
        guard !partitions.isEmpty else { return [] }
        var pipeline = RedisPipeline()
        for (topic, partition) in partitions {
            pipeline.append("GET", key: keys.progress(group: group, topic: topic, partition: partition))
        }
        let replies = try await redis.checkedReplies(to: pipeline)
        return zip(partitions, replies).compactMap { place, reply in
            guard let parts = reply.string?.split(separator: ":"), parts.count == 2,
                let generation = UInt32(parts[0]), let offset = Int64(parts[1])
            else { return nil }
            return Position(topic: place.topic, partition: place.partition, generation: generation, offset: offset)
        }
    }
}
