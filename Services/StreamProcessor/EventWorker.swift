import Catalog
import Events
import Kafka
import ServiceSupport
import Sessions
import Stores

/// Serves one partition number of all `events.*` topics: emit, then state, then commit.
///
/// A crash in between emits the same coordinates again, which the fences of the readers refuse. States change only
/// by compare-and-set: when another instance has written in between, the user's events are judged anew.
struct EventWorker<States: FencedStore<StreamState>>: KafkaPartitionWorker {
    let intake: EventIntake
    let records: EventRecords
    let states: States
    let cache: FencedStateCache<StreamState>
    let catalog: CatalogStore
    let producer: KafkaProducer
    let checkpoint: ConsumerCheckpoint
    let policy: SessionPolicy
    let fencing: FenceMode
    let metrics: StreamProcessorMetrics

    /// How often conflicting writes are judged anew before the batch is handed in again.
    private static var maximumRounds: Int { 5 }

    func process(_ batch: [KafkaMessage]) async throws {
        let epoch = checkpoint.epoch
        let begin = ContinuousClock.now
        var events: [EventIntake.Accepted] = []
        var refused: [EventIntake.Rejected] = []
        for record in batch {
            switch intake.read(record) {
            case .success(let event): events.append(event)
            case .failure(let rejected): refused.append(rejected)
            case nil: continue
            }
        }
        var round = 0
        while !events.isEmpty || !refused.isEmpty {
            round += 1
            guard round <= Self.maximumRounds else {
                throw StoreError(code: .unavailable, message: "states changed under every attempt to write them")
            }
            events = try await pass(events, rejecting: refused, epoch: epoch)
            refused = []
        }
        metrics.batchSize.observe(Double(batch.count))
        metrics.batchDuration.observe(ContinuousClock.now - begin)
    }

    func stop() async {
        cache.removeAll()
    }

    /// Judges, emits and writes; answers the events whose users' states somebody else has written meanwhile.
    private func pass(
        _ events: [EventIntake.Accepted],
        rejecting: [EventIntake.Rejected],
        epoch: Int
    ) async throws -> [EventIntake.Accepted] {
        let loaded = try await load(Set(events.map(\.event.user)), epoch: epoch)
        var judgement = Judgement(loaded: loaded, policy: policy, fencing: fencing)
        for event in events { judgement.judge(event) }
        let refused = rejecting + judgement.refused

        let activities = try await enrich(judgement.processed)
        try await emit(
            activities.map(records.activity)
                + refused.map { records.rejected($0.record, source: $0.source, error: $0.error) }
        )
        let conflicts = try await write(judgement, epoch: epoch)

        count(judgement, refused: refused)
        return conflicts.isEmpty ? [] : events.filter { conflicts.contains($0.event.user) }
    }

    private func load(
        _ users: Set<UserKey>,
        epoch: Int
    ) async throws(StoreError) -> [UserKey: Judgement.Loaded] {
        let known = cache.states(of: users, epoch: epoch)
        var loaded = known.mapValues(Judgement.Loaded.state)
        let missing = users.filter { known[$0] == nil }
        guard !missing.isEmpty else { return loaded }
        let order = Array(missing)
        let outcomes = try await states.load(order)
        try checkpoint.require(epoch)
        var fresh: [UserKey: StreamState?] = [:]
        for (user, outcome) in zip(order, outcomes) {
            switch outcome {
            case .absent: fresh[user] = .some(nil)
            case .found(let state): fresh[user] = .some(state)
            case .failed(let error): loaded[user] = .failed(error)
            }
        }
        cache.store(fresh, epoch: epoch)
        for (user, state) in fresh { loaded[user] = .state(state) }
        return loaded
    }

    private func enrich(_ processed: [Judgement.Processed]) async throws(StoreError) -> [Activity] {
        let ids = Array(Set(processed.compactMap(\.intake.event.event.itemID)))
        let found = ids.isEmpty ? [] : try await catalog.items(ids)
        var facts: [String: Activity.ItemFacts] = [:]
        for (id, item) in zip(ids, found) {
            guard let item else { continue }
            facts[id] = Activity.ItemFacts(categories: item.categories, tags: item.tags, creator: item.creator)
        }
        return processed.map { processed in
            let intake = processed.intake
            let item = intake.event.event.itemID
            if let item, facts[item] == nil { metrics.notEnriched.increment() }
            return Activity(
                event: intake.event.event,
                user: intake.event.user,
                source: intake.source,
                receivedAt: intake.receivedAt,
                session: processed.session,
                item: item.flatMap { facts[$0] },
                isOld: intake.event.isOld
            )
        }
    }

    /// Produces in order and waits for every delivery report.
    private func emit(_ messages: [KafkaOutgoingMessage]) async throws(KafkaError) {
        guard !messages.isEmpty else { return }
        for report in await producer.send(messages) { _ = try report.get() }
    }

    /// Writes the new states; answers the users whose stored state was another one.
    private func write(_ judgement: Judgement, epoch: Int) async throws(StoreError) -> Set<UserKey> {
        let writes = judgement.writes
        guard !writes.isEmpty else { return [] }
        let outcomes: [FencedWriteOutcome]
        do throws(StoreError) {
            outcomes = try await states.compareAndSet(writes)
        } catch {
            cache.forget(writes.map(\.user))
            throw error
        }
        var conflicts: Set<UserKey> = []
        var stored: [UserKey: StreamState?] = [:]
        for (write, outcome) in zip(writes, outcomes) {
            switch outcome {
            case .applied:
                var state = write.state
                metrics.seenOverflow.increment(by: state.seen.overflow)
                state.seen.markStored()
                stored[write.user] = .some(state)
            case .conflict:
                conflicts.insert(write.user)
            case .failed(let error):
                // Loading has just succeeded, so the key went bad in between: the next try refuses the events.
                cache.forget([write.user])
                throw StoreError(code: .unavailable, message: error.message)
            }
        }
        cache.store(stored, epoch: epoch)
        if !conflicts.isEmpty {
            cache.forget(conflicts)
            metrics.fenceRejected.increment(by: conflicts.count)
            try checkpoint.require(epoch)
        }
        return conflicts
    }

    private func count(_ judgement: Judgement, refused: [EventIntake.Rejected]) {
        metrics.processed.increment(by: judgement.processed.count)
        metrics.duplicates.increment(by: judgement.duplicates)
        metrics.redelivered.increment(by: judgement.redelivered)
        metrics.fenceRejected.increment(by: judgement.redelivered)
        for rejected in refused { metrics.rejected(rejected.error.reason) }
    }
}
