import Dispatch
import NIOConcurrencyHelpers

/// A pipeline on its way over one connection: what to send, until when, and who waits for the replies.
final class RedisRequest: Sendable {
    let pipeline: RedisPipeline
    let started: UInt64
    let deadline: UInt64
    private let index: Int
    private let outcomes: RedisOutcomes

    /// A pipeline and the connection that takes it.
    struct Part: Sendable {
        var pipeline: RedisPipeline
        var connection: RedisConnection
    }

    /// Enqueues all parts, in order and before anything else runs, and suspends until each has its outcome.
    static func outcomes(of parts: [Part], deadline: UInt64) async -> [Result<[RedisValue], RedisError>] {
        guard !parts.isEmpty else { return [] }
        let outcomes = RedisOutcomes(count: parts.count)
        await withCheckedContinuation { caller in
            outcomes.begin(caller)
            for (index, part) in parts.enumerated() {
                part.connection.enqueue(
                    RedisRequest(pipeline: part.pipeline, deadline: deadline, index: index, outcomes: outcomes)
                )
            }
        }
        return outcomes.all
    }

    private init(pipeline: RedisPipeline, deadline: UInt64, index: Int, outcomes: RedisOutcomes) {
        self.pipeline = pipeline
        self.deadline = deadline
        self.index = index
        self.outcomes = outcomes
        started = DispatchTime.now().uptimeNanoseconds
    }

    /// Hands the caller its outcome; to be called exactly once.
    func finish(_ result: Result<[RedisValue], RedisError>) {
        outcomes.set(result, at: index)
    }
}

/// The outcomes of the parts of one call.
///
/// The lock carries them, the continuation only wakes the caller.
private final class RedisOutcomes: Sendable {
    private struct State {
        var results: [Result<[RedisValue], RedisError>?]
        var missing: Int
        var caller: CheckedContinuation<Void, Never>?
    }

    private let state: NIOLockedValueBox<State>

    init(count: Int) {
        state = NIOLockedValueBox(State(results: Array(repeating: nil, count: count), missing: count))
    }

    func begin(_ caller: CheckedContinuation<Void, Never>) {
        state.withLockedValue { $0.caller = caller }
    }

    func set(_ result: Result<[RedisValue], RedisError>, at index: Int) {
        let caller = state.withLockedValue { state -> CheckedContinuation<Void, Never>? in
            state.results[index] = result
            state.missing -= 1
            return state.missing == 0 ? state.caller : nil
        }
        caller?.resume()
    }

    var all: [Result<[RedisValue], RedisError>] {
        state.withLockedValue { state in
            state.results.map { result in
                guard let result else { preconditionFailure("a Redis call was resumed without an outcome") }
                return result
            }
        }
    }
}
