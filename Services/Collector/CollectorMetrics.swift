import Events
import ServiceSupport

/// The collector's own numbers; requests by status and their durations come from the HTTP middleware.
struct CollectorMetrics: Sendable {
    private let accepted: [SignalTopic: MetricsRegistry.Counter]
    private let rejected: [EventError.Reason: MetricsRegistry.Counter]
    private let bytes: MetricsRegistry.Counter
    private let batchSizes: MetricsRegistry.Histogram
    private let unacknowledged: MetricsRegistry.Counter

    init(_ registry: MetricsRegistry, budget: BodyBudget) {
        accepted = Dictionary(
            uniqueKeysWithValues: SignalTopic.allCases.map { topic in
                let counter = registry.counter(
                    "collector_events_accepted_total",
                    help: "Events that Kafka has acknowledged or the spool has stored.",
                    labels: ["topic": topic.name]
                )
                return (topic, counter)
            }
        )
        rejected = Dictionary(
            uniqueKeysWithValues: EventError.Reason.allCases.map { reason in
                let counter = registry.counter(
                    "collector_events_rejected_total",
                    help: "Events that were not accepted.",
                    labels: ["reason": reason.rawValue]
                )
                return (reason, counter)
            }
        )
        bytes = registry.counter("collector_body_bytes_total", help: "Bytes of bodies, as received.")
        batchSizes = registry.histogram(
            "collector_batch_events",
            help: "Events in a body.",
            buckets: MetricsRegistry.Histogram.sizeBuckets
        )
        unacknowledged = registry.counter(
            "collector_requests_unacknowledged_total",
            help: "Requests answered with 429 or 503 because neither Kafka nor the spool took all their events in time."
        )
        let held = registry.gauge("collector_inflight_bytes", help: "Bytes of bodies held now.")
        registry.onCollect { held.set(budget.heldBytes) }
    }

    func recordBody(bytes count: Int, events: Int) {
        bytes.increment(by: count)
        batchSizes.observe(Double(events))
    }

    func recordAnswered(_ batch: IntakeBatch) {
        for event in batch.accepted { accepted[event.event.topic]?.increment() }
        for event in batch.rejected { rejected[event.error.reason]?.increment() }
        rejected[.rateLimited]?.increment(by: batch.limited.count)
    }

    func recordUnacknowledged() {
        unacknowledged.increment()
    }
}
