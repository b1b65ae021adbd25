public import Events
public import Redis
public import Sessions

/// Stream states in Redis: one key for session, books and fence, one for recent event ids, written by one script.
public struct RedisStreamStateStore: FencedStore {
    private let redis: RedisClient
    private let keys: KeySpace
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
        script = FencedScript.stateAndSeen(mode)
    }

    /// Loads states, in the order of `users`.
    public func load(_ users: [UserKey]) async throws(StoreError) -> [FencedLoadOutcome<StreamState>] {
        guard !users.isEmpty else { return [] }
        var pipeline = RedisPipeline()
        for user in users {
            pipeline.append("GET", key: keys.stream(user))
            pipeline.append("GET", key: keys.seen(user))
        }
        let replies = try await redis.replies(to: pipeline)
        return try users.indices.map { index throws(StoreError) in
            let seen = replies[2 * index + 1]
            if let error = seen.error.map(StoreError.init) {
                if error.isRetriable { throw error }
                return .failed(error)
            }
            return try FencedLoadOutcome(replies[2 * index]) { bytes throws(BinaryReader.Failure) in
                try StreamStateCodec.decode(bytes, seen: seen.bytes ?? [])
            }
        }
    }

    /// Writes states, each only if the stored fence is the expected one.
    ///
    /// New event ids are appended to the stored list; only a trimmed list is written anew.
    public func compareAndSet(_ writes: [FencedWrite<StreamState>]) async throws(StoreError) -> [FencedWriteOutcome] {
        guard !writes.isEmpty else { return [] }
        var pipeline = RedisPipeline()
        for write in writes {
            let stored = write.expected == nil ? nil : write.state.seen.storedCount
            let entries = StreamStateCodec.encode(write.state.seen.entries.dropFirst(stored ?? 0))
            let value = StreamStateCodec.encode(write.state)
            pipeline.append(
                script: script,
                keys: [keys.stream(write.user), keys.seen(write.user)],
                arguments: [
                    write.expected?.encoded() ?? [], value, Array("\(retention.streamSeconds)".utf8),
                    Array((stored == nil ? "replace" : "append").utf8), entries,
                    Array("\(retention.seenSeconds)".utf8),
                ]
            )
        }
        return try await redis.replies(to: pipeline).map { reply throws(StoreError) in try FencedWriteOutcome(reply) }
    }

    /// All users that have a state, in pages; for the books.
    public func allUsers() -> AsyncThrowingStream<[UserKey], any Error> {
        AsyncThrowingStream { continuation in
            let task = Task {
                do {
                    for try await page in redis.scan(match: keys.allStreams) {
                        continuation.yield(page.compactMap(keys.user(of:)))
                    }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }
}
