import ServiceSupport

/// What the profile updater counts; indications only.
struct ProfileUpdaterMetrics: Sendable {
    let applied: MetricsRegistry.Counter
    let redelivered: MetricsRegistry.Counter
    let fenceRejected: MetricsRegistry.Counter
    let rejected: MetricsRegistry.Counter
    let segmentChanges: MetricsRegistry.Counter
    let counted: MetricsRegistry.Counter
    let countsRefused: MetricsRegistry.Counter
    let batchSize: MetricsRegistry.Histogram
    let batchDuration: MetricsRegistry.Histogram
    let eventAge: MetricsRegistry.Histogram

    init(_ registry: MetricsRegistry) {
        applied = registry.counter("profile_updater_applied_total", help: "Events folded into profiles.")
        redelivered = registry.counter(
            "profile_updater_redelivered_total",
            help: "Records of activity whose events had been folded in."
        )
        fenceRejected = registry.counter(
            "profile_updater_fence_rejected_total",
            help: "Events that a fence kept from counting twice, on reading or on writing."
        )
        rejected = registry.counter("profile_updater_rejected_total", help: "Records sent to events.rejected.")
        segmentChanges = registry.counter(
            "profile_updater_segment_changes_total",
            help: "Changes of users' segments announced on segments.updated."
        )
        counted = registry.counter("profile_updater_counts_total", help: "Increments of item counts written.")
        countsRefused = registry.counter(
            "profile_updater_counts_refused_total",
            help: "Events not counted per item because the shard's keys in Redis are damaged."
        )
        batchSize = registry.histogram(
            "profile_updater_batch_events",
            help: "Events per batch.",
            buckets: MetricsRegistry.Histogram.sizeBuckets
        )
        batchDuration = registry.histogram(
            "profile_updater_batch_duration_seconds",
            help: "From a batch's arrival to its durable effects."
        )
        eventAge = registry.histogram(
            "profile_updater_event_age_seconds",
            help: "From the receipt of a batch's newest event to its durable effects."
        )
    }
}
