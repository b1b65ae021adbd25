import Events
import Kafka
import Logging
import Recommenders
import ServiceSupport
import Training

/// Owns the matrix while this instance trains: folds `activity` in, and hands out copies to train from.
///
/// An actor, because folding takes longer than a lock should be held. A copy shares its memory with the original until one
/// of them changes, row by row.
actor MatrixKeeper {
    private var snapshot: MatrixSnapshot
    private let plan: TrainingPlan
    private let metrics: ScorerMetrics
    private let failures: RepeatedErrorLog

    init(snapshot: MatrixSnapshot, plan: TrainingPlan, metrics: ScorerMetrics, failures: RepeatedErrorLog) {
        self.snapshot = snapshot
        self.plan = plan
        self.metrics = metrics
        self.failures = failures
    }

    /// Folds in records of `activity`; what cannot be read is counted and passed over.
    func apply(_ batch: [KafkaMessage]) {
        for message in batch {
            snapshot.offsets[message.partition] = message.offset + 1
            guard let value = message.value,
                let header = message.header(EventHeaders.Name.source),
                let source = String(validating: header, as: UTF8.self).flatMap(SourceCoordinates.init)
            else {
                metrics.unreadableActivities.increment()
                continue
            }
            do {
                snapshot.matrix.apply(try ActivityCodec.decode(value, source: source), plan: plan)
            } catch {
                metrics.unreadableActivities.increment()
                failures.log("an activity cannot be read", metadata: ["error": "\(error)"])
            }
        }
        metrics.matrixApplied.set(toTotal: Double(snapshot.matrix.applied))
        metrics.matrixFenced.set(toTotal: Double(snapshot.matrix.fenced))
        metrics.matrixUsers.set(snapshot.matrix.userCount)
        metrics.matrixItems.set(snapshot.matrix.itemIDs.count)
    }

    /// How many changes no training has seen yet.
    var untrainedChanges: UInt64 { snapshot.matrix.changes - snapshot.trainedChanges }

    /// How many changes there were in all.
    var changes: UInt64 { snapshot.matrix.changes }

    /// What was shown and clicked of each version.
    var clicks: ClickCounts { snapshot.matrix.clicks }

    /// The offsets up to which `activity` is folded in.
    var offsets: [Int32: Int64] { snapshot.offsets }

    /// Forgets what lies outside of window and limits, and hands out what is left.
    func pruned() -> ActivityMatrix {
        snapshot.matrix.prune(plan)
        return snapshot.matrix
    }

    /// A training has seen so many changes, whatever came of it; the snapshot to keep.
    func trained(changes: UInt64) -> MatrixSnapshot {
        snapshot.trainedChanges = max(snapshot.trainedChanges, changes)
        return snapshot
    }
}
