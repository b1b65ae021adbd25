import Dispatch
import NIOConcurrencyHelpers

/// A pipeline on its way: what to send, until when, and who waits for the replies.
///
/// The lock carries the replies, the continuation only wakes the caller.
final class RedisRequest: Sendable {
    let pipeline: RedisPipeline
    let started: UInt64
    let deadline: UInt64
    private let outcome = NIOLockedValueBox<Result<[RedisValue], RedisError>?>(nil)
    private let caller: CheckedContinuation<Void, Never>

    /// Enqueues a request and suspends until it has its outcome.
    static func replies(
        to pipeline: RedisPipeline,
        within timeout: Duration,
        enqueue: (RedisRequest) -> Void
    ) async throws(RedisError) -> [RedisValue] {
        let request = NIOLockedValueBox<RedisRequest?>(nil)
        await withCheckedContinuation { caller in
            let new = RedisRequest(pipeline: pipeline, timeout: timeout, caller: caller)
            request.withLockedValue { $0 = new }
            enqueue(new)
        }
        guard let outcome = request.withLockedValue({ $0 })?.outcome.withLockedValue({ $0 }) else {
            preconditionFailure("a Redis request was resumed without an outcome")
        }
        return try outcome.get()
    }

    private init(pipeline: RedisPipeline, timeout: Duration, caller: CheckedContinuation<Void, Never>) {
        self.pipeline = pipeline
        self.caller = caller
        started = DispatchTime.now().uptimeNanoseconds
        deadline = started + timeout.nanoseconds
    }

    /// Hands the caller its outcome; to be called exactly once.
    func finish(_ result: Result<[RedisValue], RedisError>) {
        outcome.withLockedValue { $0 = result }
        caller.resume()
    }
}
