import Events
import Kafka
import Logging
import NIOConcurrencyHelpers
import Recommenders
import Scoring
import Segments
import ServiceSupport
import Stores
import Threading
import Training

/// Trains models while this instance has the role: matrix from `activity`, fit, verdict, publication, snapshot.
///
/// Between trainings it watches what serves, judges what operators submit, and completes publications that somebody left
/// half-way.
struct Trainer: Sendable {
    let settings: TrainingSettings
    let kafka: KafkaClientSettings
    let topics: TopicNames
    let generations: TopicGenerations
    let catalog: TrainingCatalog
    let training: BlockingTraining
    let registry: ModelStore
    let publisher: ModelPublisher
    let watch: ServingWatch
    let model: CurrentModel
    let metrics: ScorerMetrics
    let failures: RepeatedErrorLog
    let logger: Logger
    let now: @Sendable () -> Timestamp

    /// How often clicks and candidates are looked at.
    private static let watchInterval: Duration = .seconds(1)

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
            plan: settings.plan,
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
        var watched: ContinuousClock.Instant?
        while true {
            try await Task.sleep(for: .milliseconds(250))
            guard feed.isCaughtUp.withLockedValue({ $0 }) else { continue }
            if watched.map({ ContinuousClock.now - $0 >= Self.watchInterval }) ?? true {
                watched = ContinuousClock.now
                try await attempt("what serves cannot be watched") { try await lookAfterServing(keeper) }
            }
            let isDue = settings.schedule.isDue(
                sinceLast: last.map { ContinuousClock.now - $0 },
                untrained: await keeper.untrainedChanges,
                total: await keeper.changes,
                hasModel: model.value != nil
            )
            guard isDue else { continue }
            last = ContinuousClock.now
            try await attempt("a training failed") { try await trainOnce(keeper) }
        }
    }

    /// What fails changes nothing: what serves goes on serving.
    private func attempt(_ failure: Logger.Message, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            try Task.checkCancellation()
            metrics.failedTrainings.increment()
            failures.log(level: .error, failure, metadata: ["error": "\(error)"])
        }
    }

    private func lookAfterServing(_ keeper: MatrixKeeper) async throws {
        if let serving = model.value {
            try await publisher.complete(serving)
            try await watch.check(serving.version, clicks: await keeper.clicks)
        }
        if try await registry.hasCandidate(of: ModelBundle.name) { try await judgeCandidate(keeper) }
    }

    private func trainOnce(_ keeper: MatrixKeeper) async throws {
        let start = ContinuousClock.now
        // The result is held against what is newest, and published after it.
        try await publisher.serving.reload()
        let matrix = await keeper.pruned()
        metrics.matrixEntries.set(matrix.entryCount)
        metrics.matrixBytes.set(matrix.bytes)
        logger.info(
            "training begins",
            metadata: [
                "plan": "\(settings.plan.fingerprint)", "users": "\(matrix.userCount)",
                "entries": "\(matrix.entryCount)",
                "matrix.bytes": "\(matrix.bytes)",
            ]
        )
        let input = TrainingRun.Input(
            matrix: matrix,
            contents: try await catalog.contents(),
            serving: model.value
        )
        let outcome: TrainingRun.Outcome
        do {
            outcome = try await training.train(input)
        } catch let error as RecommenderError where error.code == .emptyMatrix {
            return
        }
        try Task.checkCancellation()
        let duration = (ContinuousClock.now - start) / .seconds(1)
        metrics.trainingDuration.set(duration)
        logger.info("training ends", metadata: metadata(of: outcome, duration))
        if let verdict = outcome.verdict, verdict.isRefused {
            try await refuse(verdict, origin: .training)
        } else if try await watch.isHeld() {
            metrics.heldTrainings.increment()
            failures.log("a trained model is held back, as one was taken back a moment ago")
        } else {
            var info = outcome.bundle.info
            info.trainedAt = now()
            var models = outcome.bundle.models
            models.popularityByContext = try await segmentPopularity(over: outcome.bundle.itemIDs)
            let bundle = try ModelBundle(itemIDs: outcome.bundle.itemIDs, models: models, info: info)
            try await publisher.publish(bundle, origin: .training)
            metrics.trainings.increment()
            if let serving = model.value { try await publisher.complete(serving) }
        }
        let snapshot = await keeper.trained(changes: outcome.changes)
        try await SnapshotFile(directory: settings.dataDirectory).write(snapshot)
    }

    /// What is popular in the segments that are in force; nothing before there are any.
    private func segmentPopularity(over itemIDs: [String]) async throws -> [String: PopularityModel] {
        let version = try await registry.currentVersion(of: SegmentModel.name)
        guard let bytes = try await registry.artefact(of: SegmentModel.name, version: version),
            let segments = try? SegmentModel(decoding: bytes)
        else { return [:] }
        return try segments.popularity(over: itemIDs)
    }

    private func metadata(of outcome: TrainingRun.Outcome, _ duration: Double) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["seconds": "\(duration)"]
        for (step, seconds) in outcome.bundle.info.seconds { metadata["seconds.\(step)"] = "\(seconds)" }
        for (name, figures) in outcome.bundle.info.validation {
            metadata["\(Validation.measure).\(name)"] = figures[Validation.measure].map { "\($0)" }
        }
        return metadata
    }

    /// An operator's artefact: published when it can be read and is not worse than what serves.
    private func judgeCandidate(_ keeper: MatrixKeeper) async throws {
        guard let candidate = try await registry.candidate(of: ModelBundle.name) else { return }
        let bundle: ModelBundle
        do throws(RecommenderError) {
            bundle = try ModelBundle(version: 0, artefact: candidate.artefact)
        } catch {
            try await refuse("it cannot be read: \(error)", origin: .candidate, candidate: candidate.id)
            return try await registry.withdrawCandidate(of: ModelBundle.name)
        }
        let input = TrainingRun.Input(matrix: await keeper.pruned(), serving: model.value)
        let verdict: PublicationGuard.Verdict?
        do {
            verdict = try await training.verdict(on: bundle, input)
        } catch {
            try Task.checkCancellation()
            try await refuse("it makes no lists: \(error)", origin: .candidate, candidate: candidate.id)
            return try await registry.withdrawCandidate(of: ModelBundle.name)
        }
        if let verdict, verdict.isRefused {
            try await refuse(verdict, origin: .candidate, candidate: candidate.id)
        } else {
            try await publisher.publish(bundle, origin: .candidate, candidate: candidate.id)
        }
        try await registry.withdrawCandidate(of: ModelBundle.name)
    }

    private func refuse(
        _ verdict: PublicationGuard.Verdict,
        origin: ModelRecord.Origin,
        candidate: String? = nil
    ) async throws {
        let figures =
            "\(Validation.measure) \(Self.text(verdict.candidate)) where version \(model.value?.version ?? 0) has"
        try await refuse(
            "\(figures) \(Self.text(verdict.serving)), over the same \(verdict.users) users",
            origin: origin,
            candidate: candidate
        )
    }

    private func refuse(_ reason: String, origin: ModelRecord.Origin, candidate: String? = nil) async throws {
        metrics.refusedModels.increment()
        logger.error("a model was refused", metadata: ["origin": "\(origin.rawValue)", "reason": "\(reason)"])
        let refusal = ModelRefusal(at: now(), origin: origin, reason: reason, candidate: candidate)
        try await registry.refuse(refusal, name: ModelBundle.name)
    }

    private static func text(_ figure: Double) -> String { "\((figure * 10_000).rounded() / 10_000)" }

    /// What the offsets of `activity` belong to: its generation, the cluster, and how the plan folds events.
    private func origin() async throws -> String {
        let plan = settings.plan.matrixFingerprint
        if let generation = try await generations.generations(of: [topics.activity])[topics.activity] {
            return "\(generation.number):\(generation.clusterID):\(plan)"
        }
        return "\(try await KafkaAdmin(settings: kafka, logger: logger).clusterID()):\(plan)"
    }

    /// The snapshot on disk, or an empty one when there is none, it is damaged, or it belongs to another cluster or plan.
    private func restoreSnapshot(origin: String) async -> MatrixSnapshot {
        do {
            guard let snapshot = try await SnapshotFile(directory: settings.dataDirectory).read() else {
                return MatrixSnapshot(origin: origin)
            }
            guard snapshot.origin == origin else {
                logger.warning("the snapshot is of another cluster or plan: reading activity from its beginning")
                return MatrixSnapshot(origin: origin)
            }
            logger.info("snapshot read", metadata: ["users": "\(snapshot.matrix.userCount)"])
            return snapshot
        } catch {
            logger.warning(
                "the snapshot cannot be read: reading activity from its beginning",
                metadata: ["error": "\(error)"]
            )
            return MatrixSnapshot(origin: origin)
        }
    }
}
