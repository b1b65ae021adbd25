import ServiceSupport

/// How many lists were the user's own, and how many had to be something else.
struct RecommendationMetrics {
    private let personal: MetricsRegistry.Counter
    private let fallbacks: [Recommendations.Fallback: MetricsRegistry.Counter]

    init(_ registry: MetricsRegistry) {
        func counter(_ fallback: String) -> MetricsRegistry.Counter {
            registry.counter(
                "server_recommendations_total",
                help: "Lists answered, by what stood in for the user's own list.",
                labels: ["fallback": fallback]
            )
        }
        personal = counter("")
        let all: [Recommendations.Fallback] = [.trending, .trendingCached, .none]
        fallbacks = Dictionary(uniqueKeysWithValues: all.map { ($0, counter($0.rawValue)) })
    }

    func count(_ fallback: Recommendations.Fallback?) {
        if let fallback { fallbacks[fallback]?.increment() } else { personal.increment() }
    }
}
