import Logging
import NIOConcurrencyHelpers
import Recommenders
import Scoring
import ServiceSupport
import Threading
import Training

/// Runs the blocking part of a training on threads of lower priority, and shows how far it is.
struct BlockingTraining: Sendable {
    let settings: TrainingSettings
    let pipeline: Validation.Pipeline
    let metrics: ScorerMetrics
    let logger: Logger

    /// Trains; cancelling the task stops it soon.
    func train(_ input: TrainingRun.Input) async throws -> TrainingRun.Outcome {
        let outcome = try await onThread { run, context in try run(input, context: context) }
        for (step, seconds) in outcome.bundle.info.seconds { metrics.step(step).set(seconds) }
        for (model, figures) in outcome.bundle.info.validation {
            if let figure = figures[Validation.measure] { metrics.figure(of: model).set(figure) }
        }
        return outcome
    }

    /// Holds an operator's bundle against what serves.
    func verdict(
        on candidate: ModelBundle,
        _ input: TrainingRun.Input
    ) async throws -> PublicationGuard.Verdict? {
        try await onThread { run, context in try run.verdict(on: candidate, input, context: context) }
    }

    private func onThread<Result: Sendable>(
        _ body: @escaping @Sendable (TrainingRun, FitContext) throws -> Result
    ) async throws -> Result {
        let isCancelled = NIOLockedValueBox(false)
        let progress = metrics.trainingProgress
        let context = FitContext(
            seed: settings.plan.seed,
            workers: TrainingThreads.workers(count: settings.threads),
            isCancelled: { isCancelled.withLockedValue { $0 } },
            progress: { progress.set($0) }
        )
        let start = ContinuousClock.now
        let run = TrainingRun(
            plan: settings.plan,
            pipeline: pipeline,
            publicationGuard: settings.publicationGuard,
            now: { (ContinuousClock.now - start) / .seconds(1) },
            begin: { [logger] step in
                progress.set(0)
                logger.debug("training", metadata: ["step": "\(step)"])
            }
        )
        return try await withTaskCancellationHandler {
            try await DedicatedThread.run { () -> Swift.Result<Result, any Error> in
                TrainingThreads.lowerPriority()
                return Swift.Result { try body(run, context) }
            }.get()
        } onCancel: {
            isCancelled.withLockedValue { $0 = true }
        }
    }
}
