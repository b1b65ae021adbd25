public import Events
import NIOConcurrencyHelpers

/// States that one worker has loaded or written last, so that most batches read nothing.
///
/// Never the truth: a write's compare-and-set notices a state that somebody else has changed. Bounded by users and by
/// bytes, so that a few heavy users cannot fill the process: when either would be passed, it starts over.
public final class FencedStateCache<State: Sendable>: Sendable {
    /// How much is remembered.
    public struct Limit: Sendable {
        /// The most users.
        public var users: Int
        /// The most bytes.
        public var bytes: Int
        /// About how many bytes a state takes.
        public var size: @Sendable (State) -> Int

        /// Creates a limit.
        public init(users: Int, bytes: Int = .max, size: @escaping @Sendable (State) -> Int = { _ in 0 }) {
            self.users = users
            self.bytes = bytes
            self.size = size
        }
    }

    private struct Contents {
        var epoch = 0
        var states: [UserKey: State?] = [:]
        var bytes = 0
    }

    private let limit: Limit
    private let contents = NIOLockedValueBox(Contents())

    /// Creates an empty cache.
    public init(_ limit: Limit) {
        self.limit = limit
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
            var added = 0
            for (user, state) in states {
                let bytes = size(state)
                added += bytes
                contents.bytes += bytes
                if let known = contents.states.updateValue(state, forKey: user) { contents.bytes -= size(known) }
            }
            guard contents.states.count > limit.users || contents.bytes > limit.bytes else { return }
            contents = Contents(epoch: epoch)
            // More than it may hold in one batch: the next one reads.
            guard states.count <= limit.users, added <= limit.bytes else { return }
            (contents.states, contents.bytes) = (states, added)
        }
    }

    /// Forgets `users`, because what became of their writes is unknown or somebody else wrote.
    public func forget(_ users: some Sequence<UserKey>) {
        contents.withLockedValue { contents in for user in users { forget(user, &contents) } }
    }

    /// Forgets everything.
    public func removeAll() {
        contents.withLockedValue { $0 = Contents(epoch: $0.epoch) }
    }

    /// About how many bytes are remembered.
    var bytes: Int { contents.withLockedValue { $0.bytes } }

    private func size(_ state: State?) -> Int { state.map(limit.size) ?? 0 }

    private func forget(_ user: UserKey, _ contents: inout Contents) {
        if let known = contents.states.removeValue(forKey: user) { contents.bytes -= size(known) }
    }
}
