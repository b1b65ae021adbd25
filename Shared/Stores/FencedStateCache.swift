public import Events
import NIOConcurrencyHelpers

/// States that one worker has loaded or written last, so that most batches read nothing.
///
/// Never the truth: a write's compare-and-set notices a state that somebody else has changed.
public final class FencedStateCache<State: Sendable>: Sendable {
    private struct Contents {
        var epoch = 0
        var states: [UserKey: State?] = [:]
    }

    private let capacity: Int
    private let contents = NIOLockedValueBox(Contents())

    /// Creates an empty cache for at most `capacity` users.
    public init(capacity: Int) {
        self.capacity = capacity
    }

    /// What is known of `users` in the incarnation `epoch` of Redis; an absent user is a known `nil`.
    public func states(of users: some Sequence<UserKey>, epoch: Int) -> [UserKey: State?] {
        contents.withLockedValue { contents in
            if contents.epoch != epoch { contents = Contents(epoch: epoch) }
            var known: [UserKey: State?] = [:]
            for user in users { if let state = contents.states[user] { known[user] = .some(state) } }
            return known
        }
    }

    /// Remembers what has been loaded or written.
    public func store(_ states: [UserKey: State?], epoch: Int) {
        contents.withLockedValue { contents in
            guard contents.epoch == epoch else { return }
            if contents.states.count + states.count > capacity { contents.states.removeAll(keepingCapacity: true) }
            contents.states.merge(states) { $1 }
        }
    }

    /// Forgets `users`, because what became of their writes is unknown or somebody else wrote.
    public func forget(_ users: some Sequence<UserKey>) {
        contents.withLockedValue { contents in for user in users { contents.states[user] = nil } }
    }

    /// Forgets everything.
    public func removeAll() {
        contents.withLockedValue { $0.states = [:] }
    }
}
