import Logging
import Recommenders
import Scoring
import ServiceSupport
import Stores

/// Puts models into service, and polls the registry for newer ones that others have published.
struct ModelServing: Sendable {
    let current: CurrentModel
    let pipeline: CurrentPipeline
    let registry: ModelStore
    let metrics: ScorerMetrics
    let failures: RepeatedErrorLog
    let logger: Logger
    /// How often the registry is asked.
    let interval: Duration
    /// Yields the version whenever a model is replaced.
    let changes: AsyncStream<UInt64>.Continuation

    /// Serves `model` unless a newer one serves already.
    func serve(_ model: ModelBundle) {
        guard current.replace(with: model) else { return }
        pipeline.refresh()
        metrics.modelVersion.set(Double(model.version))
        metrics.modelItems.set(model.itemIDs.count)
        changes.yield(model.version)
    }

    /// Loads the newest model when it is newer than what serves; damaged artefacts are refused.
    func reload() async throws {
        let version = try await registry.currentVersion(of: ModelBundle.name)
        guard version > current.value?.version ?? 0,
            let bytes = try await registry.artefact(of: ModelBundle.name, version: version)
        else { return }
        let bundle = try ModelBundle(version: version, artefact: bytes)
        // Lists are made of both: what serves goes on serving.
        guard bundle.models.als != nil, bundle.models.neighbours != nil else {
            throw RecommenderError(.unsupportedArtefact, "version \(version) has no factors or no neighbours")
        }
        serve(bundle)
        logger.info("model loaded", metadata: ["version": "\(version)"])
    }

    /// Reloads until cancelled.
    func run() async {
        while !Task.isCancelled {
            do {
                try await reload()
            } catch {
                failures.log("the registry cannot be read", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: interval)
        }
    }
}
