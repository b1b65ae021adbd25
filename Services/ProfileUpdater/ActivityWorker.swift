import Events
import Kafka
import NIOConcurrencyHelpers
import Profiles
import ServiceSupport
import Stores

/// Serves one partition of `activity`: profiles by compare-and-set, then the notices, then the counts, then the commit.
final class ActivityWorker<Profiles: FencedStore<FencedProfile>>: KafkaPartitionWorker {
    private let partition: Int32
    private let profiles: Profiles
    private let counts: CountShardStore
    private let records: ProfileRecords
    private let producer: KafkaProducer
    private let checkpoint: ConsumerCheckpoint
    private let policy: ProfilePolicy
    private let fencing: FenceMode
    private let metrics: ProfileUpdaterMetrics
    private let cache = FencedStateCache<FencedProfile>(capacity: 5_000)
    /// The fence of the counts as last read or written, with the incarnation of Redis it belongs to.
    private let countsFence = NIOLockedValueBox<(epoch: Int, fence: Fence?)?>(nil)

    /// How often conflicting writes are computed anew before the batch is handed in again.
    private static var maximumRounds: Int { 5 }

    init(
        partition: Int32,
        profiles: Profiles,
        counts: CountShardStore,
        records: ProfileRecords,
        producer: KafkaProducer,
        checkpoint: ConsumerCheckpoint,
        policy: ProfilePolicy,
        fencing: FenceMode,
        metrics: ProfileUpdaterMetrics
    ) {
        self.partition = partition
        self.profiles = profiles
        self.counts = counts
        self.records = records
        self.producer = producer
        self.checkpoint = checkpoint
        self.policy = policy
        self.fencing = fencing
        self.metrics = metrics
    }

    func process(_ batch: [KafkaMessage]) async throws {
        let epoch = checkpoint.epoch
        let begin = ContinuousClock.now
        var activities: [Activity] = []
        var refused: [KafkaOutgoingMessage] = []
        for record in batch {
            switch ActivityIntake.read(record) {
            case .success(let activity): activities.append(activity)
            case .failure(let rejected): refused.append(records.rejected(rejected.record, error: rejected.error))
            }
        }
        try await update(activities, refused: refused, epoch: epoch)
        try await count(activities, epoch: epoch)
        metrics.batchSize.observe(Double(batch.count))
        metrics.batchDuration.observe(ContinuousClock.now - begin)
        if let newest = activities.map(\.receivedAt).max() {
            metrics.eventAge.observe(Double(Timestamp.now.milliseconds - newest.milliseconds) / 1000)
        }
    }

    func stop() async {
        cache.removeAll()
        countsFence.withLockedValue { $0 = nil }
    }

    // MARK: Profiles

    /// Folds, writes and notifies; a user whose profile somebody else has written meanwhile goes another round.
    private func update(_ activities: [Activity], refused: [KafkaOutgoingMessage], epoch: Int) async throws {
        var open = activities
        var refused = refused
        var round = 0
        while !open.isEmpty || !refused.isEmpty {
            round += 1
            guard round <= Self.maximumRounds else {
                throw StoreError(code: .unavailable, message: "profiles changed under every attempt to write them")
            }
            var folding = ProfileFolding(
                loaded: try await load(Set(open.map(\.user)), epoch: epoch),
                policy: policy,
                fencing: fencing
            )
            for activity in open { folding.fold(activity) }
            let conflicts = try await write(folding, epoch: epoch)
            let notices = notices(open, folding, except: conflicts)
            let dropped = refused + folding.refused.map(records.rejected)
            for report in await producer.send(notices + dropped) { _ = try report.get() }
            metrics.applied.increment(by: folding.applied)
            metrics.redelivered.increment(by: folding.redelivered)
            metrics.fenceRejected.increment(by: folding.redelivered + conflicts.count)
            metrics.rejected.increment(by: dropped.count)
            open = conflicts.isEmpty ? [] : open.filter { conflicts.contains($0.user) }
            refused = []
        }
    }

    private func load(_ users: Set<UserKey>, epoch: Int) async throws(StoreError) -> [UserKey: ProfileFolding.Loaded] {
        let known = cache.states(of: users, epoch: epoch)
        var loaded = known.mapValues(ProfileFolding.Loaded.profile)
        let missing = users.filter { known[$0] == nil }
        guard !missing.isEmpty else { return loaded }
        let order = Array(missing)
        let outcomes = try await profiles.load(order)
        try checkpoint.require(epoch)
        var fresh: [UserKey: FencedProfile?] = [:]
        for (user, outcome) in zip(order, outcomes) {
            switch outcome {
            case .absent: fresh[user] = .some(nil)
            case .found(let profile): fresh[user] = .some(profile)
            case .failed(let error): loaded[user] = .failed(error)
            }
        }
        cache.store(fresh, epoch: epoch)
        for (user, profile) in fresh { loaded[user] = .profile(profile) }
        return loaded
    }

    /// Writes the new profiles; answers the users whose stored profile was another one.
    private func write(_ folding: ProfileFolding, epoch: Int) async throws(StoreError) -> Set<UserKey> {
        let writes = folding.writes
        guard !writes.isEmpty else { return [] }
        let outcomes: [FencedWriteOutcome]
        do throws(StoreError) {
            outcomes = try await profiles.compareAndSet(writes)
        } catch {
            cache.forget(writes.map(\.user))
            throw error
        }
        var conflicts: Set<UserKey> = []
        var stored: [UserKey: FencedProfile?] = [:]
        for (write, outcome) in zip(writes, outcomes) {
            switch outcome {
            case .applied: stored[write.user] = .some(write.state)
            case .conflict: conflicts.insert(write.user)
            case .failed(let error):
                // Loading has just succeeded, so the key went bad in between: the next try refuses the events.
                cache.forget([write.user])
                throw StoreError(code: .unavailable, message: error.message)
            }
        }
        cache.store(stored, epoch: epoch)
        if !conflicts.isEmpty {
            cache.forget(conflicts)
            try checkpoint.require(epoch)
        }
        return conflicts
    }

    /// One notice per user, also for events at or below the fence: a repeated notice is harmless.
    private func notices(
        _ activities: [Activity],
        _ folding: ProfileFolding,
        except conflicts: Set<UserKey>
    ) -> [KafkaOutgoingMessage] {
        let newest = Dictionary(activities.map { ($0.user, $0.receivedAt) }) { max($0, $1) }
        return newest.compactMap { user, receivedAt in
            guard !conflicts.contains(user), let revision = folding.revision(of: user) else { return nil }
            return records.notice(user, revision: revision, receivedAt: receivedAt)
        }
    }

    // MARK: Counts

    private func count(_ activities: [Activity], epoch: Int) async throws {
        for _ in 0..<Self.maximumRounds {
            let before = try await loadCountsFence(epoch: epoch)
            var counting = ItemCounting(fence: before ?? Fence(), fencing: fencing)
            for activity in activities { counting.add(activity) }
            counting.finish()
            if try await write(counting.chunks, after: before, epoch: epoch) { return }
            countsFence.withLockedValue { $0 = nil }
            metrics.fenceRejected.increment()
            try checkpoint.require(epoch)
        }
        throw StoreError(code: .unavailable, message: "counts changed under every attempt to write them")
    }

    private func loadCountsFence(epoch: Int) async throws(StoreError) -> Fence? {
        if let known = countsFence.withLockedValue({ $0 }), known.epoch == epoch { return known.fence }
        let fence = try await counts.fence(partition: partition)
        try checkpoint.require(epoch)
        countsFence.withLockedValue { $0 = (epoch, fence) }
        return fence
    }

    /// Writes the chunks one after the other; `false` at the first conflict.
    private func write(
        _ chunks: [ItemCounting.Chunk],
        after before: Fence?,
        epoch: Int
    ) async throws(StoreError) -> Bool {
        var expected = before
        for chunk in chunks {
            do throws(StoreError) {
                guard
                    try await counts.add(
                        chunk.increments,
                        partition: partition,
                        expected: expected,
                        fence: chunk.fence
                    )
                else { return false }
            } catch {
                countsFence.withLockedValue { $0 = nil }
                throw error
            }
            expected = chunk.fence
            metrics.counted.increment(by: chunk.increments.count)
            countsFence.withLockedValue { $0 = (epoch, expected) }
        }
        return true
    }
}
