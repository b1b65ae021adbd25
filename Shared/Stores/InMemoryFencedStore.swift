public import Events
import NIOConcurrencyHelpers

/// A store in memory with the behaviour of the ones in Redis, for tests of what is built upon them.
public final class InMemoryFencedStore<State: Sendable>: FencedStore {
    private let states: NIOLockedValueBox<[UserKey: State]>
    private let fence: @Sendable (State) -> Fence

    /// Creates an empty store; `fence` tells a state's fence.
    public init(_: State.Type = State.self, fence: @escaping @Sendable (State) -> Fence) {
        states = NIOLockedValueBox([:])
        self.fence = fence
    }

    /// Everything that is stored.
    public var contents: [UserKey: State] { states.withLockedValue { $0 } }

    /// Loads states, in the order of `users`.
    public func load(_ users: [UserKey]) async throws(StoreError) -> [FencedLoadOutcome<State>] {
        states.withLockedValue { states in users.map { user in states[user].map { .found($0) } ?? .absent } }
    }

    /// Writes states, each only if the stored fence is the expected one.
    public func compareAndSet(_ writes: [FencedWrite<State>]) async throws(StoreError) -> [FencedWriteOutcome] {
        states.withLockedValue { states in
            writes.map { write in
                guard states[write.user].map(fence) == write.expected else { return .conflict }
                states[write.user] = write.state
                return .applied
            }
        }
    }
}
