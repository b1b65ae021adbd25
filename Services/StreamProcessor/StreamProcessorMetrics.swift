import Events
import ServiceSupport

/// What the stream processor counts; indications only, the books are in the state.
struct StreamProcessorMetrics: Sendable {
    let processed: MetricsRegistry.Counter
    let duplicates: MetricsRegistry.Counter
    let redelivered: MetricsRegistry.Counter
    let fenceRejected: MetricsRegistry.Counter
    let notEnriched: MetricsRegistry.Counter
    let seenOverflow: MetricsRegistry.Counter
    let batchSize: MetricsRegistry.Histogram
    let batchDuration: MetricsRegistry.Histogram
    let catalogItems: MetricsRegistry.Counter
    private let registry: MetricsRegistry

    init(_ registry: MetricsRegistry) {
        self.registry = registry
        processed = registry.counter("stream_processor_processed_total", help: "Events passed on to activity.")
        duplicates = registry.counter("stream_processor_duplicates_total", help: "Client retries dropped.")
        redelivered = registry.counter(
            "stream_processor_redelivered_total",
            help: "Records read again whose events had been applied."
        )
        fenceRejected = registry.counter(
            "stream_processor_fence_rejected_total",
            help: "Events that a fence kept from counting twice, on reading or on writing."
        )
        notEnriched = registry.counter(
            "stream_processor_not_enriched_total",
            help: "Events whose item is not in the catalog."
        )
        seenOverflow = registry.counter(
            "stream_processor_seen_overflow_total",
            help: "Event ids forgotten within 24 hours because a user sent too many."
        )
        batchSize = registry.histogram(
            "stream_processor_batch_events",
            help: "Events per batch.",
            buckets: MetricsRegistry.Histogram.sizeBuckets
        )
        batchDuration = registry.histogram(
            "stream_processor_batch_duration_seconds",
            help: "From a batch's arrival to its durable effects."
        )
        catalogItems = registry.counter("stream_processor_catalog_items_total", help: "Catalog entries written.")
    }

    func rejected(_ reason: EventError.Reason) {
        registry.counter(
            "stream_processor_rejected_total",
            help: "Records sent to events.rejected.",
            labels: ["reason": reason.rawValue]
        ).increment()
    }
}
