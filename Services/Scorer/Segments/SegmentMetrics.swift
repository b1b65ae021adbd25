import ServiceSupport

/// What the scorer shows of the segments that it finds.
struct SegmentMetrics: Sendable {
    let modelVersion: MetricsRegistry.Gauge
    let segments: MetricsRegistry.Gauge
    let stabilityIndex: MetricsRegistry.Gauge
    let distanceRatio: MetricsRegistry.Gauge

    init(_ metrics: MetricsRegistry) {
        modelVersion = metrics.gauge(
            "scorer_segment_model_version",
            help: "The segment model that this instance published last; 0 before the first."
        )
        segments = metrics.gauge("scorer_segments", help: "Segments of that model.")
        stabilityIndex = metrics.gauge(
            "scorer_segment_stability_index",
            help: "Population stability index of the users since the model before; above 0.25 they have changed."
        )
        distanceRatio = metrics.gauge(
            "scorer_segment_distance_ratio",
            help: "Mean distance of the users from the segments of the model before, by that of its own sample."
        )
    }
}
