import Logging
import Scoring
import ServiceSupport
import Threading

/// Gives recently active users new lists after a new model, at a bounded rate.
///
/// Those who click now come first: few users at a time, and a pause of twice the time that they took, so that it never
/// takes more than a third of a core.
struct Rescoring: Sendable {
    let scoring: UserScoring
    let activeUsers: ActiveUsers
    /// Users per second.
    let rate: Int
    /// Users scored together.
    private static let chunk = 4

    /// Runs until cancelled; `models` yields when a new model serves.
    func run(_ models: AsyncStream<UInt64>) async {
        for await version in models {
            var rest = activeUsers.all[...]
            var backoff = Backoff()
            while !rest.isEmpty, scoring.pipeline.value?.pipeline.bundle.version == version, !Task.isCancelled {
                let chunk = Array(rest.prefix(Self.chunk))
                let start = ContinuousClock.now
                do {
                    try await scoring.score(chunk)
                    rest = rest.dropFirst(chunk.count)
                    scoring.metrics.rescoredUsers.increment(by: chunk.count)
                    backoff.reset()
                    try await Task.sleep(for: max(.seconds(1) * chunk.count / rate, (ContinuousClock.now - start) * 2))
                } catch is CancellationError {
                    return
                } catch {
                    scoring.failures.log("scoring after a new model failed", metadata: ["error": "\(error)"])
                    await backoff.pause()
                }
            }
        }
    }
}
