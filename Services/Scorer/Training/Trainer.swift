import Events
import Kafka
import Logging
import NIOConcurrencyHelpers
import Recommenders
import Scoring
import ServiceSupport
import Stores
import Threading

/// Trains models while this instance has the role: matrix from `activity`, fit, publish, similar lists, snapshot.
struct Trainer: Sendable {
    let settings: TrainingSettings
    let taste: TastePolicy
    let kafka: KafkaClientSettings
    let topics: TopicNames
    let generations: TopicGenerations
    let publisher: ModelPublisher
    let model: CurrentModel
    let metrics: ScorerMetrics
    let failures: RepeatedErrorLog
    let logger: Logger

    /// Works until cancelled; what fails is tried again with back-off.
    func run() async {
        metrics.isTrainer.set(1)
        defer { metrics.isTrainer.set(0) }
        var backoff = Backoff(initial: .milliseconds(200))
        while !Task.isCancelled {
            do {
                try await trainUntilCancelled()
            } catch is CancellationError {
                return
            } catch {
                failures.log("the trainer starts over", metadata: ["error": "\(error)"])
                await backoff.pause()
            }
        }
    }

    private func trainUntilCancelled() async throws {
        let keeper = MatrixKeeper(
            snapshot: await restoreSnapshot(origin: try await origin()),
            policy: taste,
            metrics: metrics,
            failures: failures
        )
        let feed = ActivityFeed(settings: kafka, topic: topics.activity, keeper: keeper, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await feed.run() }
            group.addTask { try await train(from: keeper, feed) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func train(from keeper: MatrixKeeper, _ feed: ActivityFeed) async throws {
        var last: ContinuousClock.Instant?
        while true {
            try await Task.sleep(for: .milliseconds(250))
            guard feed.isCaughtUp.withLockedValue({ $0 }) else { continue }
            let isDue = settings.schedule.isDue(
                sinceLast: last.map { ContinuousClock.now - $0 },
                untrained: await keeper.untrainedChanges,
                total: await keeper.changes,
                hasModel: model.value != nil
            )
            guard isDue else { continue }
            last = ContinuousClock.now
            do {
                try await trainOnce(keeper)
                metrics.trainings.increment()
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                // What serves goes on serving.
                metrics.failedTrainings.increment()
                failures.log(level: .error, "a training failed", metadata: ["error": "\(error)"])
            }
        }
    }

    private func trainOnce(_ keeper: MatrixKeeper) async throws {
        let set: TrainingSet
        do {
            set = try await keeper.trainingSet()
        } catch let error as RecommenderError where error.code == .emptyMatrix {
            return
        }
        let start = ContinuousClock.now
        let trained = try await fitOnThreads(set)
        let duration = ContinuousClock.now - start
        metrics.trainingDuration.set(
            Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        )
        try Task.checkCancellation()
        try await publisher.publish(trained, set: set, duration: duration)
        await keeper.trained(changes: set.changes)
        try await SnapshotFile(directory: settings.dataDirectory).write(await keeper.encodedSnapshot())
    }

    /// Fits on threads of lower priority; cancelling the task stops them soon.
    private func fitOnThreads(_ set: TrainingSet) async throws -> ModelBundle {
        let isCancelled = NIOLockedValueBox(false)
        let context = FitContext(
            seed: settings.seed,
            workers: TrainingThreads.workers(count: settings.threads),
            isCancelled: { isCancelled.withLockedValue { $0 } }
        )
        let fit = ModelFit(als: ALSParameters(factors: settings.factors, iterations: settings.iterations))
        return try await withTaskCancellationHandler {
            try await DedicatedThread.run { () -> Result<ModelBundle, RecommenderError> in
                TrainingThreads.lowerPriority()
                do throws(RecommenderError) {
                    return .success(try fit(set, context: context))
                } catch {
                    return .failure(error)
                }
            }.get()
        } onCancel: {
            isCancelled.withLockedValue { $0 = true }
        }
    }

    /// What the offsets of `activity` belong to: its generation, and the cluster.
    private func origin() async throws -> String {
        if let generation = try await generations.generations(of: [topics.activity])[topics.activity] {
            return "\(generation.number):\(generation.clusterID)"
        }
        return try await KafkaAdmin(settings: kafka, logger: logger).clusterID()
    }

    /// The snapshot on disk, or an empty one when there is none, it is damaged, or it belongs to another cluster.
    private func restoreSnapshot(origin: String) async -> MatrixSnapshot {
        let empty = MatrixSnapshot(
            origin: origin,
            offsets: [:],
            matrix: ActivityMatrix(itemsPerUser: settings.itemsPerUser),
            trainedChanges: 0
        )
        do {
            guard let bytes = try await SnapshotFile(directory: settings.dataDirectory).read() else { return empty }
            let snapshot = try MatrixSnapshot(decoding: bytes, itemsPerUser: settings.itemsPerUser)
            guard snapshot.origin == origin else {
                logger.warning("the snapshot is of another cluster: reading activity from its beginning")
                return empty
            }
            logger.info("snapshot read", metadata: ["users": "\(snapshot.matrix.rows.count)"])
            return snapshot
        } catch {
            logger.warning(
                "the snapshot cannot be read: reading activity from its beginning",
                metadata: ["error": "\(error)"]
            )
            return empty
        }
    }
}
