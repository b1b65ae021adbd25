/// What a worker knows of one user before a batch.
public enum LoadedState<State: Sendable>: Sendable {
    /// The stored state; `nil` for a new user.
    case state(State?)
    /// The stored state cannot be used, for good: the user's events are rejected.
    case failed(StoreError)
}

extension LoadedState: Equatable where State: Equatable {}
