import Logging
import ServiceSupport
import Stores

/// Reads what is trending, which one instance writes and all propose.
struct TrendsFeed: Sendable {
    let lists: RecommendationStore
    let pipeline: CurrentPipeline
    let failures: RepeatedErrorLog
    let interval: Duration

    /// Runs until cancelled.
    func run() async {
        while !Task.isCancelled {
            do {
                pipeline.take(trending: try await lists.trending(scope: "all") ?? [])
            } catch {
                failures.log("the trending list cannot be read", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: interval)
        }
    }
}
