public import Redis

/// What each consumer group has lost to retention, until somebody acknowledges it.
public struct LossStore: Sendable {
    private let redis: RedisClient
    private let key: String

    /// Creates a store for the consumer group `group`.
    public init(redis: RedisClient, keys: KeySpace = KeySpace(), group: String) {
        self.redis = redis
        key = keys.losses(group: group)
    }

    /// Adds numbers of messages, by the name of the partition.
    public func add(_ losses: [String: Int64]) async throws(StoreError) {
        guard !losses.isEmpty else { return }
        var pipeline = RedisPipeline()
        for (partition, count) in losses { pipeline.append("HINCRBY", key: key, partition, "\(count)") }
        _ = try await redis.checkedReplies(to: pipeline)
    }

    /// What is not acknowledged: messages by the name of the partition.
    public func losses() async throws(StoreError) -> [String: Int64] {
        var pipeline = RedisPipeline()
        pipeline.append("HGETALL", key: key)
        return Self.losses(try await redis.checkedReplies(to: pipeline)[0])
    }

    /// Forgets what is noted, because somebody has seen it; answers what that was.
    public func acknowledge() async throws(StoreError) -> [String: Int64] {
        let seen = try await losses()
        // Only what was seen: what is lost meanwhile stays.
        var pipeline = RedisPipeline()
        for (partition, count) in seen { pipeline.append("HINCRBY", key: key, partition, "\(-count)") }
        if !pipeline.isEmpty { _ = try await redis.checkedReplies(to: pipeline) }
        return seen
    }

    private static func losses(_ reply: RedisValue) -> [String: Int64] {
        let parts = reply.array ?? []
        var losses: [String: Int64] = [:]
        for index in stride(from: 0, to: parts.count - 1, by: 2) {
            guard let partition = parts[index].string, let count = parts[index + 1].string.flatMap(Int64.init) else {
                continue
            }
            if count > 0 { losses[partition] = count }
        }
        return losses
    }
}
