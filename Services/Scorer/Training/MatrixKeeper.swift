import Events
import Kafka
import Logging
import Recommenders
import Scoring
import ServiceSupport

/// Owns the matrix while this instance trains: folds `activity` in, and hands out training sets and snapshots.
///
/// An actor, because all of that takes longer than a lock should be held.
actor MatrixKeeper {
    private var snapshot: MatrixSnapshot
    private let policy: TastePolicy
    private let metrics: ScorerMetrics
    private let failures: RepeatedErrorLog

    init(snapshot: MatrixSnapshot, policy: TastePolicy, metrics: ScorerMetrics, failures: RepeatedErrorLog) {
        self.snapshot = snapshot
        self.policy = policy
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
                snapshot.matrix.apply(try ActivityCodec.decode(value, source: source), policy: policy)
            } catch {
                metrics.unreadableActivities.increment()
                failures.log("an activity cannot be read", metadata: ["error": "\(error)"])
            }
        }
        metrics.matrixApplied.set(toTotal: Double(snapshot.matrix.applied))
        metrics.matrixFenced.set(toTotal: Double(snapshot.matrix.fenced))
        metrics.matrixUsers.set(snapshot.matrix.rows.count)
        metrics.matrixItems.set(snapshot.matrix.itemIDs.count)
    }

    /// How many changes no model has seen yet.
    var untrainedChanges: UInt64 { snapshot.matrix.changes - snapshot.trainedChanges }

    /// How many changes there were in all.
    var changes: UInt64 { snapshot.matrix.changes }

    /// What a model can be fitted to now.
    func trainingSet() throws -> TrainingSet {
        let set = try TrainingSet(snapshot.matrix, policy: policy)
        metrics.matrixEntries.set(set.matrix.entryCount)
        return set
    }

    /// A model that has seen so many changes was published.
    func trained(changes: UInt64) {
        snapshot.trainedChanges = max(snapshot.trainedChanges, changes)
    }

    /// The bytes of the snapshot.
    func encodedSnapshot() -> [UInt8] { snapshot.encoded() }

    /// The offsets up to which `activity` is folded in.
    var offsets: [Int32: Int64] { snapshot.offsets }
}
