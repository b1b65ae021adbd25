public import Events
public import Redis

/// The scorer's lists in Redis: per user, similar items, trending items.
public struct RecommendationStore: Sendable {
    private let redis: RedisClient
    private let keys: KeySpace
    private let retention: StateRetention

    /// Writes a list unless the stored one has a newer pair of profile revision and model version.
    private static let writeIfNewer = RedisScript(
        name: "list-if-newer",
        source: """
            local head = redis.call('GETRANGE', KEYS[1], 0, 15)
            if #head == 16 then
              local a, b, c, d = struct.unpack('>I4I4I4I4', head)
              local e, f, g, h = struct.unpack('>I4I4I4I4', string.sub(ARGV[1], 1, 16))
              if a ~= e then if a > e then return 0 end
              elseif b ~= f then if b > f then return 0 end
              elseif c ~= g then if c > g then return 0 end
              elseif d > h then return 0 end
            end
            redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
            return 1
            """
    )

    /// Creates a store on `redis`.
    public init(redis: RedisClient, keys: KeySpace = KeySpace(), retention: StateRetention = StateRetention()) {
        self.redis = redis
        self.keys = keys
        self.retention = retention
    }

    /// Writes users' lists in one round trip; `false` where a newer one stood there already.
    public func write(_ lists: [(user: UserKey, list: RecommendationList)]) async throws(StoreError) -> [Bool] {
        guard !lists.isEmpty else { return [] }
        var pipeline = RedisPipeline()
        for (user, list) in lists {
            pipeline.append(
                script: Self.writeIfNewer,
                keys: [keys.recommendations(user)],
                arguments: [RecommendationCodec.encode(list), Array("\(retention.recommendationSeconds)".utf8)]
            )
        }
        return try await redis.checkedReplies(to: pipeline).map { $0 == .integer(1) }
    }

    /// The list of a user; `nil` when none has been computed.
    public func list(for user: UserKey) async throws(StoreError) -> RecommendationList? {
        var pipeline = RedisPipeline()
        pipeline.append("GET", key: keys.recommendations(user))
        let reply = try await redis.checkedReplies(to: pipeline)[0]
        guard let bytes = reply.bytes else { return nil }
        do throws(BinaryReader.Failure) {
            return try RecommendationCodec.decode(bytes)
        } catch {
            throw .corrupt("a list of recommendations cannot be read")
        }
    }

    /// Writes the lists of similar items, in one round trip.
    public func writeSimilar(_ lists: [(itemID: String, items: [RankedItem])]) async throws(StoreError) {
        guard !lists.isEmpty else { return }
        var pipeline = RedisPipeline()
        for (id, items) in lists { pipeline.append("SET", key: keys.similar(id), RecommendationCodec.encode(items)) }
        _ = try await redis.checkedReplies(to: pipeline)
    }

    /// The items similar to an item; `nil` when none are known.
    public func similar(to itemID: String) async throws(StoreError) -> [RankedItem]? {
        try await ranked(keys.similar(itemID))
    }

    /// Writes the trending items of a scope, such as `all`.
    public func writeTrending(_ items: [RankedItem], scope: String) async throws(StoreError) {
        var pipeline = RedisPipeline()
        pipeline.append("SET", key: keys.trending(scope), RecommendationCodec.encode(items))
        _ = try await redis.checkedReplies(to: pipeline)
    }

    /// The trending items of a scope; `nil` before the first ones.
    public func trending(scope: String) async throws(StoreError) -> [RankedItem]? {
        try await ranked(keys.trending(scope))
    }

    private func ranked(_ key: String) async throws(StoreError) -> [RankedItem]? {
        var pipeline = RedisPipeline()
        pipeline.append("GET", key: key)
        guard let bytes = try await redis.checkedReplies(to: pipeline)[0].bytes else { return nil }
        do throws(BinaryReader.Failure) {
            return try RecommendationCodec.decodeRanked(bytes)
        } catch {
            throw .corrupt("a ranked list cannot be read")
        }
    }
}
