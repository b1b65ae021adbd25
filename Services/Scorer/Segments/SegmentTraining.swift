import Events
import JSON
import Kafka
import Logging
import NIOConcurrencyHelpers
import Profiles
import Recommenders
import Segments
import ServiceSupport
import Stores
import Threading

/// Finds segments among a sample of the users' profiles and publishes the model, while this instance trains.
struct SegmentTraining: Sendable {
    let settings: SegmentTrainingSettings
    let seed: UInt64
    let profiles: RedisProfileStore
    let registry: ModelStore
    let producer: KafkaProducer
    let topic: String
    let metrics: SegmentMetrics
    let failures: RepeatedErrorLog
    let logger: Logger

    /// How long to wait before the first try, and after one without enough users.
    private static let retry = Duration.seconds(10)
    private static let sampleBytes = 256 << 20

    /// Works until cancelled; what fails is logged and tried again.
    func run() async {
        guard settings.isEnabled else { return }
        var pause = min(settings.interval, Self.retry)
        while !Task.isCancelled {
            guard (try? await Task.sleep(for: pause)) != nil else { return }
            do {
                pause = try await trainOnce() ? settings.interval : min(settings.interval, Self.retry)
            } catch is CancellationError {
                return
            } catch {
                failures.log("finding segments failed", metadata: ["error": "\(error)"])
                pause = min(settings.interval, Self.retry)
            }
        }
    }

    /// Fits and publishes once; false when there are too few users yet.
    func trainOnce() async throws -> Bool {
        let sample = try await profiles.sample(limit: settings.sample, bytes: Self.sampleBytes).map(\.profile)
        guard sample.count >= SegmentModel.minimumSample else { return false }
        let current = try await registry.currentVersion(of: SegmentModel.name)
        let previous = try await registry.artefact(of: SegmentModel.name, version: current)
            .flatMap { try? SegmentModel(decoding: $0) }
        if let previous { observe(SegmentDrift(previous, now: sample)) }
        let start = ContinuousClock.now
        let model = try await fitOnThread(sample, previous: previous)
        let duration = ContinuousClock.now - start
        try Task.checkCancellation()
        let artefact = model.encoded()
        guard
            let version = try await registry.publish(
                artefact,
                name: SegmentModel.name,
                after: current,
                record: ModelRecord(origin: .training, publishedAt: .now)
            )
        else {
            throw PublishedElsewhere()
        }
        metrics.modelVersion.set(Double(version))
        metrics.segments.set(model.segments.count)
        logger.notice(
            "segment model published",
            metadata: [
                "version": "\(version)", "users": "\(sample.count)", "segments": "\(model.segments.count)",
                "duration": "\(duration)", "bytes": "\(artefact.count)",
            ]
        )
        try await announce(model, version: version, duration: duration, bytes: artefact.count)
        return true
    }

    private func observe(_ drift: SegmentDrift) {
        metrics.stabilityIndex.set(drift.stabilityIndex)
        metrics.distanceRatio.set(drift.distanceRatio)
    }

    /// Fits on a thread of lower priority; cancelling the task stops it soon.
    private func fitOnThread(_ sample: [UserProfile], previous: SegmentModel?) async throws -> SegmentModel {
        let isCancelled = NIOLockedValueBox(false)
        let (parameters, seed) = (settings.parameters, seed)
        return try await withTaskCancellationHandler {
            try await DedicatedThread.run { () -> Result<SegmentModel, SegmentError> in
                TrainingThreads.lowerPriority()
                var random = RandomSource(seed: seed)
                do throws(SegmentError) {
                    return .success(
                        try SegmentModel.fit(
                            sample,
                            parameters: parameters,
                            previous: previous,
                            using: &random,
                            isCancelled: { isCancelled.withLockedValue { $0 } }
                        )
                    )
                } catch {
                    return .failure(error)
                }
            }.get()
        } onCancel: {
            isCancelled.withLockedValue { $0 = true }
        }
    }

    private func announce(_ model: SegmentModel, version: UInt64, duration: Duration, bytes: Int) async throws {
        var json = JSONWriter(reservingCapacity: 256)
        json.beginObject()
        json.field("name", SegmentModel.name)
        json.field("version", Int(clamping: version))
        json.key("metrics")
        json.beginObject()
        json.field("users", model.sampleSize)
        json.field("segments", model.segments.count)
        json.field("trainingSeconds", duration / .seconds(1))
        json.endObject()
        json.field("artefactBytes", bytes)
        json.field("registry", "redis")
        json.endObject()
        let message = KafkaOutgoingMessage(topic: topic, key: Array(SegmentModel.name.utf8), value: json.bytes)
        _ = try await producer.send(message)
    }
}
