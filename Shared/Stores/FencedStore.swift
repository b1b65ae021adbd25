public import Events

/// A per-user state whose writes are a compare-and-set on its fence.
///
/// A caller loads, applies newer events with a pure function, and writes back; a ``FencedWriteOutcome/conflict``
/// means that somebody else wrote in between: load again and recompute. A cache of loaded states is fine, the
/// compare-and-set guards it.
public protocol FencedStore<State>: Sendable {
    /// What is stored per user.
    associatedtype State: Sendable

    /// Loads the states of `users`, in that order, in one round trip.
    ///
    /// - Throws: ``StoreError`` of code `unavailable`; what concerns one user alone is that user's outcome.
    func load(_ users: [UserKey]) async throws(StoreError) -> [FencedLoadOutcome<State>]

    /// Writes states, each only if the stored fence is still the expected one, in one round trip.
    ///
    /// - Throws: ``StoreError`` of code `unavailable`: what became of the writes is then unknown, load again.
    func compareAndSet(_ writes: [FencedWrite<State>]) async throws(StoreError) -> [FencedWriteOutcome]
}

/// What loading one user's state found.
public enum FencedLoadOutcome<State: Sendable>: Sendable {
    /// Nothing is known of the user.
    case absent
    /// The stored state.
    case found(State)
    /// The stored value cannot be used.
    case failed(StoreError)
}

/// A new state for one user.
public struct FencedWrite<State: Sendable>: Sendable {
    /// Whose state it is.
    public var user: UserKey
    /// The fence of the state that the new one was computed from; `nil` when there was none.
    public var expected: Fence?
    /// The new state, with its own, higher fence.
    public var state: State

    /// Creates a write.
    public init(user: UserKey, expected: Fence?, state: State) {
        self.user = user
        self.expected = expected
        self.state = state
    }
}

/// What became of one write.
public enum FencedWriteOutcome: Hashable, Sendable {
    /// Stored.
    case applied
    /// The stored fence was another one; nothing was written.
    case conflict
    /// Redis refuses this write for ever.
    case failed(StoreError)
}
