public import Events

/// The fenced states that one worker works on: loads them through a cache and writes them by compare-and-set.
///
/// The exactness of redelivery rests on this type. Whatever came from Redis is used only while Redis still is the one
/// that the batch began with (`epoch`); whatever became of a write in doubt is forgotten and loaded again.
public struct FencedWorkingSet<Store: FencedStore>: Sendable {
    /// Throws when Redis no longer is the incarnation `epoch`.
    public typealias EpochCheck = @Sendable (_ epoch: Int) throws(StoreError) -> Void

    /// How often a batch is computed anew under conflicting writes before it is handed in again.
    private static var maximumRounds: Int { 5 }

    private let store: Store
    private let cache: FencedStateCache<Store.State>
    private let require: EpochCheck

    /// Creates a working set that remembers states up to a limit.
    public init(_ store: Store, remembering limit: FencedStateCache<Store.State>.Limit, require: @escaping EpochCheck) {
        self.store = store
        self.require = require
        cache = FencedStateCache(limit)
    }

    /// Runs `pass` over a batch's events, then over those of the users whose states it answers as changed by others.
    ///
    /// The first pass runs whatever `events` holds.
    ///
    /// - Throws: what `pass` throws; ``StoreError`` of code `unavailable` when every round met conflicts.
    public func settle<Event>(
        _ events: [Event],
        user: (Event) -> UserKey,
        pass: (_ events: [Event], _ isFirst: Bool) async throws -> Set<UserKey>
    ) async throws {
        var open = events
        for round in 0..<Self.maximumRounds {
            let conflicts = try await pass(open, round == 0)
            open = conflicts.isEmpty ? [] : open.filter { conflicts.contains(user($0)) }
            if open.isEmpty { return }
        }
        throw StoreError(code: .unavailable, message: "states changed under every attempt to write them")
    }

    /// The states of `users`, from the cache where it has them.
    ///
    /// - Throws: ``StoreError`` of code `unavailable`.
    public func load(
        _ users: Set<UserKey>,
        epoch: Int
    ) async throws(StoreError) -> [UserKey: LoadedState<Store.State>] {
        let known = cache.states(of: users, epoch: epoch)
        var loaded: [UserKey: LoadedState<Store.State>] = [:]
        loaded.reserveCapacity(users.count)
        var missing: [UserKey] = []
        for user in users {
            if let state = known[user] { loaded[user] = .state(state) } else { missing.append(user) }
        }
        guard !missing.isEmpty else { return loaded }
        let outcomes = try await store.load(missing)
        try require(epoch)
        var fresh: [UserKey: Store.State?] = [:]
        fresh.reserveCapacity(missing.count)
        for (user, outcome) in zip(missing, outcomes) {
            let state: Store.State?
            switch outcome {
            case .absent: state = nil
            case .found(let found): state = found
            case .failed(let error):
                loaded[user] = .failed(error)
                continue
            }
            fresh[user] = .some(state)
            loaded[user] = .state(state)
        }
        cache.store(fresh, epoch: epoch)
        return loaded
    }

    /// Writes new states; answers the users whose stored state was another one than the new one was computed from.
    ///
    /// `stored` sees each state that was written before it is remembered, and may change what is remembered.
    ///
    /// - Throws: ``StoreError`` of code `unavailable`: hand the batch in again.
    public func write(
        _ writes: [FencedWrite<Store.State>],
        epoch: Int,
        stored: (inout Store.State) -> Void = { _ in }
    ) async throws(StoreError) -> Set<UserKey> {
        guard !writes.isEmpty else { return [] }
        let outcomes: [FencedWriteOutcome]
        do throws(StoreError) {
            outcomes = try await store.compareAndSet(writes)
        } catch {
            cache.forget(writes.map(\.user))
            throw error
        }
        var conflicts: Set<UserKey> = []
        var written: [UserKey: Store.State?] = [:]
        written.reserveCapacity(writes.count)
        for (write, outcome) in zip(writes, outcomes) {
            switch outcome {
            case .applied:
                var state = write.state
                stored(&state)
                written[write.user] = .some(state)
            case .conflict:
                conflicts.insert(write.user)
            case .failed(let error):
                // Loading has just succeeded, so the key went bad in between: the next try refuses the events. What
                // became of the other writes is known to Redis alone.
                cache.forget(writes.map(\.user))
                throw StoreError(code: .unavailable, message: error.message)
            }
        }
        cache.store(written, epoch: epoch)
        if !conflicts.isEmpty {
            cache.forget(conflicts)
            try require(epoch)
        }
        return conflicts
    }

    /// Forgets everything: the partition is somebody else's now.
    public func forget() {
        cache.removeAll()
    }
}
