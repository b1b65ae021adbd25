import Events
import Redis

extension RedisClient {
    /// Runs `pipeline`; the connection's errors become store errors, those of single commands stay in their replies.
    func replies(to pipeline: RedisPipeline) async throws(StoreError) -> [RedisValue] {
        do throws(RedisError) {
            return try await execute(pipeline)
        } catch {
            throw StoreError(error)
        }
    }

    /// Runs `pipeline` and throws the first error of a single command.
    func checkedReplies(to pipeline: RedisPipeline) async throws(StoreError) -> [RedisValue] {
        let replies = try await replies(to: pipeline)
        for reply in replies { if let error = reply.error { throw StoreError(error) } }
        return replies
    }
}

extension FencedLoadOutcome {
    init(
        _ reply: RedisValue,
        decode: ([UInt8]) throws(BinaryReader.Failure) -> State
    ) throws(StoreError) {
        if let error = reply.error.map(StoreError.init) {
            if error.isRetriable { throw error }
            self = .failed(error)
            return
        }
        guard let bytes = reply.bytes else {
            self = .absent
            return
        }
        do throws(BinaryReader.Failure) {
            self = .found(try decode(bytes))
        } catch {
            self = .failed(.corrupt("a stored state cannot be read (\(error))"))
        }
    }
}

extension FencedWriteOutcome {
    init(_ reply: RedisValue) throws(StoreError) {
        if let error = reply.error.map(StoreError.init) {
            if error.isRetriable { throw error }
            self = .failed(error)
        } else {
            self = reply == .integer(0) ? .conflict : .applied
        }
    }
}
