import Logging
import ServiceSupport

/// Gives recently active users new lists after a new model, at a bounded rate.
struct Rescoring: Sendable {
    let scoring: UserScoring
    let activeUsers: ActiveUsers
    /// Users per second.
    let rate: Int

    /// Runs until cancelled; `models` yields when a new model serves.
    func run(_ models: AsyncStream<UInt64>) async {
        for await version in models {
            var rest = activeUsers.all[...]
            var backoff = Backoff()
            while !rest.isEmpty, scoring.model.value?.version == version, !Task.isCancelled {
                let chunk = Array(rest.prefix(max(1, min(scoring.policy.chunk, rate / 4))))
                do {
                    try await scoring.score(chunk)
                    rest = rest.dropFirst(chunk.count)
                    scoring.metrics.rescoredUsers.increment(by: chunk.count)
                    backoff.reset()
                    try await Task.sleep(for: .seconds(1) * chunk.count / rate)
                } catch is CancellationError {
                    return
                } catch {
                    scoring.failures.log("scoring after a new model failed", metadata: ["error": "\(error)"])
                    try? await Task.sleep(for: backoff.next())
                }
            }
        }
    }
}
