public import Events
public import Redis

/// Profiles in Redis, one key per user.
public struct RedisProfileStore: FencedStore {
    let redis: RedisClient
    let keys: KeySpace
    private let retention: StateRetention
    private let script: RedisScript

    /// Creates a store on `redis`.
    public init(
        redis: RedisClient,
        keys: KeySpace = KeySpace(),
        retention: StateRetention = StateRetention(),
        mode: FenceMode = .enforced
    ) {
        self.redis = redis
        self.keys = keys
        self.retention = retention
        script = FencedScript.state(mode)
    }

    /// Loads profiles, in the order of `users`.
    public func load(_ users: [UserKey]) async throws(StoreError) -> [FencedLoadOutcome<FencedProfile>] {
        guard !users.isEmpty else { return [] }
        var pipeline = RedisPipeline(reservingCapacity: users.count * 64, commands: users.count)
        for user in users { pipeline.append("GET", key: keys.profile(user)) }
        return try await redis.replies(to: pipeline).map { reply throws(StoreError) in
            try FencedLoadOutcome(reply) { bytes throws(BinaryReader.Failure) in try ProfileCodec.decode(bytes) }
        }
    }

    /// Writes profiles, each only if the stored fence is the expected one.
    public func compareAndSet(
        _ writes: [FencedWrite<FencedProfile>]
    ) async throws(StoreError) -> [FencedWriteOutcome] {
        guard !writes.isEmpty else { return [] }
        var pipeline = RedisPipeline(reservingCapacity: writes.count * 512, commands: writes.count)
        let seconds = Array("\(retention.profileSeconds)".utf8)
        for write in writes {
            pipeline.append(
                script: script,
                keys: [keys.profile(write.user)],
                arguments: [write.expected?.encoded() ?? [], ProfileCodec.encode(write.state), seconds]
            )
        }
        return try await redis.replies(to: pipeline).map { reply throws(StoreError) in try FencedWriteOutcome(reply) }
    }
}
