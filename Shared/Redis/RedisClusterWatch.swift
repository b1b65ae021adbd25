import Dispatch
import NIOConcurrencyHelpers
import Threading

/// Keeps the slot table of a cluster true: a thread that looks at all masters each second, and sooner when asked.
final class RedisClusterWatch: Sendable {
    private struct State {
        var isStopped = false
        var waiting: [Waiter] = []
    }

    /// The lock carries the outcome, the continuation only wakes the caller.
    private struct Waiter: Sendable {
        var outcome: NIOLockedValueBox<Result<RedisIdentity, RedisError>?>
        var caller: CheckedContinuation<Void, Never>
    }

    private let state = NIOLockedValueBox(State())
    private let changed = DispatchSemaphore(value: 0)

    private static let interval: DispatchTimeInterval = .seconds(1)
    /// Refusals come in swarms; one look serves them all.
    private static let shortestPause: DispatchTimeInterval = .milliseconds(20)

    /// Starts the thread.
    ///
    /// `look` asks the cluster and puts what it says into force; `ended` is called last.
    func start(
        look: @escaping @Sendable (RedisClusterLook) throws(RedisError) -> RedisIdentity,
        with handshake: RedisHandshake,
        ended: @escaping @Sendable () -> Void
    ) {
        DedicatedThread.start {
            self.run(look, RedisClusterLook(handshake: handshake))
            ended()
        }
    }

    /// Asks for a look soon.
    func wake() {
        changed.signal()
    }

    /// Waits for a look that begins after the call.
    func identity() async throws(RedisError) -> RedisIdentity {
        let outcome = NIOLockedValueBox<Result<RedisIdentity, RedisError>?>(nil)
        await withCheckedContinuation { caller in
            let isStopped = state.withLockedValue { state in
                if !state.isStopped { state.waiting.append(Waiter(outcome: outcome, caller: caller)) }
                return state.isStopped
            }
            if isStopped { caller.resume() } else { changed.signal() }
        }
        guard let outcome = outcome.withLockedValue({ $0 }) else {
            throw RedisError.clientClosed
        }
        return try outcome.get()
    }

    /// Ends the thread after the look under way.
    func stop() {
        state.withLockedValue { $0.isStopped = true }
        changed.signal()
    }

    private func run(
        _ look: (RedisClusterLook) throws(RedisError) -> RedisIdentity,
        _ cluster: RedisClusterLook
    ) {
        while true {
            _ = changed.wait(timeout: .now() + Self.interval)
            // What was asked for until now is answered by the look that follows.
            while changed.wait(timeout: .now()) == .success {}
            let (isStopped, waiting) = state.withLockedValue { state in
                defer { state.waiting = [] }
                return (state.isStopped, state.waiting)
            }
            let result: Result<RedisIdentity, RedisError>
            if isStopped {
                result = .failure(RedisError.clientClosed)
            } else {
                result = Result { () throws(RedisError) in try look(cluster) }
            }
            for waiter in waiting {
                waiter.outcome.withLockedValue { $0 = result }
                waiter.caller.resume()
            }
            if isStopped { return }
            _ = DispatchSemaphore(value: 0).wait(timeout: .now() + Self.shortestPause)
        }
    }
}
