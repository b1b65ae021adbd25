import Catalog
import Events
import Kafka
import ServiceSupport
import Sessions
import Stores

/// Serves one partition number of all `events.*` topics: emit, then state, then commit.
///
/// A crash in between emits the same coordinates again, which the fences of the readers refuse, or, under transactions,
/// only brings the states up to what was emitted. States change only
/// by compare-and-set: when another instance has written in between, the user's events are judged anew.
struct EventWorker<States: FencedStore<StreamState>>: KafkaPartitionWorker {
    let intake: EventIntake
    let records: EventRecords
    let states: FencedWorkingSet<States>
    let catalog: CatalogStore
    let output: any EventOutput
    let checkpoint: ConsumerCheckpoint
    let policy: SessionPolicy
    let fencing: FenceMode
    let metrics: StreamProcessorMetrics

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
        let rejected = refused
        try await states.settle(events, user: \.event.user) { events, isFirst in
            try await pass(events, rejecting: isFirst ? rejected : [], of: batch, epoch: epoch)
        }
        metrics.batchSize.observe(Double(batch.count))
        metrics.batchDuration.observe(ContinuousClock.now - begin)
    }

    func stop() async {
        states.forget()
    }

    /// Judges, emits and writes; answers the users whose states somebody else has written meanwhile.
    private func pass(
        _ events: [EventIntake.Accepted],
        rejecting: [EventIntake.Rejected],
        of batch: [KafkaMessage],
        epoch: Int
    ) async throws -> Set<UserKey> {
        let loaded = try await states.load(Set(events.map(\.event.user)), epoch: epoch)
        var judgement = Judgement(loaded: loaded, policy: policy, fencing: fencing)
        for event in events { judgement.judge(event) }
        let refused = rejecting + judgement.refused

        let activities = try await enrich(judgement.processed)
        try await output.emit(
            zip(judgement.processed, activities).map { processed, activity in
                EmittedRecord(source: processed.intake.record, message: records.activity(activity))
            }
                + refused.map { refused in
                    EmittedRecord(
                        source: refused.record,
                        message: records.rejected(refused.record, source: refused.source, error: refused.error)
                    )
                },
            of: batch
        )
        let conflicts = try await states.write(judgement.writes, epoch: epoch) { state in
            metrics.seenOverflow.increment(by: state.seen.overflow)
            state.seen.markStored()
        }
        count(judgement, refused: refused, conflicts: conflicts.count)
        return conflicts
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

    private func count(_ judgement: Judgement, refused: [EventIntake.Rejected], conflicts: Int) {
        metrics.processed.increment(by: judgement.processed.count)
        metrics.duplicates.increment(by: judgement.duplicates)
        metrics.redelivered.increment(by: judgement.redelivered)
        metrics.fenceRejected.increment(by: judgement.redelivered + conflicts)
        for rejected in refused { metrics.rejected(rejected.error.reason) }
    }
}
