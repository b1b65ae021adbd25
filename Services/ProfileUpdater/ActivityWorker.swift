import Events
import Kafka
import NIOConcurrencyHelpers
import Profiles
import ServiceSupport
import Stores

/// Serves one partition of `activity`: profiles by compare-and-set, then the notices, then the counts, then the commit.
final class ActivityWorker<Profiles: FencedStore<FencedProfile>>: KafkaPartitionWorker {
    private let partition: Int32
    private let intake: ActivityIntake
    private let profiles: FencedWorkingSet<Profiles>
    private let counts: CountShardStore
    private let records: ProfileRecords
    private let producer: KafkaProducer
    private let checkpoint: ConsumerCheckpoint
    private let policy: ProfilePolicy
    private let fencing: FenceMode
    private let segmenting: Segmenting
    private let metrics: ProfileUpdaterMetrics
    /// The fence of the counts as last read or written, with the incarnation of Redis it belongs to.
    private let countsFence = NIOLockedValueBox<(epoch: Int, fence: Fence?)?>(nil)

    /// How often conflicting counts are computed anew before the batch is handed in again.
    private static var maximumRounds: Int { 5 }

    init(
        partition: Int32,
        intake: ActivityIntake,
        profiles: FencedWorkingSet<Profiles>,
        counts: CountShardStore,
        records: ProfileRecords,
        producer: KafkaProducer,
        checkpoint: ConsumerCheckpoint,
        policy: ProfilePolicy,
        fencing: FenceMode,
        segmenting: Segmenting,
        metrics: ProfileUpdaterMetrics
    ) {
        self.partition = partition
        self.intake = intake
        self.profiles = profiles
        self.counts = counts
        self.records = records
        self.producer = producer
        self.checkpoint = checkpoint
        self.policy = policy
        self.fencing = fencing
        self.segmenting = segmenting
        self.metrics = metrics
    }

    func process(_ batch: [KafkaMessage]) async throws {
        let epoch = checkpoint.epoch
        let begin = ContinuousClock.now
        var activities: [ActivityFacts] = []
        activities.reserveCapacity(batch.count)
        var refused: [KafkaOutgoingMessage] = []
        for record in batch {
            switch intake.read(record) {
            case .success(let activity): activities.append(activity)
            case .failure(let rejected): refused.append(records.rejected(rejected.record, error: rejected.error))
            }
        }
        try await update(activities, of: batch, refused: refused, epoch: epoch)
        do {
            try await count(activities, epoch: epoch)
        } catch let error as StoreError where !error.isRetriable {
            // A damaged shard must not hold profiles back; these events are missing from it.
            metrics.countsRefused.increment(by: activities.count)
        }
        metrics.batchSize.observe(Double(batch.count))
        metrics.batchDuration.observe(ContinuousClock.now - begin)
        if let newest = activities.map(\.receivedAt).max() {
            metrics.eventAge.observe(Double(Timestamp.now.milliseconds - newest.milliseconds) / 1000)
        }
    }

    func stop() async {
        profiles.forget()
        countsFence.withLockedValue { $0 = nil }
    }

    // MARK: Profiles

    /// Folds, writes and notifies; a user whose profile somebody else has written meanwhile goes another round.
    private func update(
        _ activities: [ActivityFacts],
        of batch: [KafkaMessage],
        refused: [KafkaOutgoingMessage],
        epoch: Int
    ) async throws {
        try await profiles.settle(activities, user: \.user) { activities, isFirst in
            var folding = ProfileFolding(
                loaded: try await profiles.load(Set(activities.map(\.user)), epoch: epoch),
                policy: policy,
                fencing: fencing,
                segmenter: segmenting.current
            )
            for activity in activities { folding.fold(activity) }
            let changes = folding.updateSegments()
            let conflicts = try await profiles.write(folding.writes, epoch: epoch)
            let segments = changes.filter { !conflicts.contains($0.user) }.map(records.segments)
            let notices = folding.notices
                .filter { !conflicts.contains($0.user) }
                .map { records.notice($0.user, revision: $0.revision, receivedAt: $0.receivedAt) }
            let unusable = Set(folding.refused.map(\.source))
            let dropped = (isFirst ? refused : []) + Self.records(of: unusable, in: batch).map(records.unprocessable)
            for report in await producer.send(notices + segments + dropped) { _ = try report.get() }
            metrics.applied.increment(by: folding.applied)
            metrics.segmentChanges.increment(by: segments.count)
            metrics.redelivered.increment(by: folding.redelivered)
            metrics.fenceRejected.increment(by: folding.redelivered + conflicts.count)
            metrics.rejected.increment(by: dropped.count)
            return conflicts
        }
    }

    /// The records as they came: an activity holds only the facts that matter here.
    private static func records(of sources: Set<SourceCoordinates>, in batch: [KafkaMessage]) -> [KafkaMessage] {
        guard !sources.isEmpty else { return [] }
        return batch.filter { record in
            let source = record.header(EventHeaders.Name.source).flatMap { SourceCoordinates(utf8: $0) }
            return source.map(sources.contains) ?? false
        }
    }

    // MARK: Counts

    private func count(_ activities: [ActivityFacts], epoch: Int) async throws {
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
            metrics.counted.increment(by: chunk.fieldCount)
            countsFence.withLockedValue { $0 = (epoch, expected) }
        }
        return true
    }
}
