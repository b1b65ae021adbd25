import Events
import ServiceSupport

/// The spool's numbers.
struct SpoolMetrics: Sendable {
    let stored: MetricsRegistry.Counter
    let replayed: MetricsRegistry.Counter
    let refused: MetricsRegistry.Counter
    let corrupt: MetricsRegistry.Counter
    let undeliverable: MetricsRegistry.Counter
    let syncs: MetricsRegistry.Histogram

    init(_ registry: MetricsRegistry) {
        stored = registry.counter("collector_spool_stored_total", help: "Records written to the spool.")
        replayed = registry.counter("collector_spool_replayed_total", help: "Spooled records that Kafka has by now.")
        refused = registry.counter(
            "collector_spool_refused_total",
            help: "Records that the spool could not take, full or for an error of the disk."
        )
        corrupt = registry.counter(
            "collector_spool_corrupt_total",
            help: "Damaged places in the spool: records answered with 202 are lost."
        )
        undeliverable = registry.counter(
            "collector_spool_undeliverable_total",
            help: "Spooled records that Kafka will never take; their segments are kept aside."
        )
        syncs = registry.histogram(
            "collector_spool_fsync_duration_seconds",
            help: "Time of a group commit: write and fdatasync."
        )
    }

    /// Shows the spool's size and age whenever metrics are collected.
    func observe(_ spool: Spool, in registry: MetricsRegistry) {
        let bytes = registry.gauge("collector_spool_bytes", help: "Bytes of the spool on disk.")
        let limit = registry.gauge("collector_spool_limit_bytes", help: "Bytes that the spool may take.")
        let records = registry.gauge("collector_spool_records", help: "Spooled records that Kafka does not have yet.")
        let age = registry.gauge(
            "collector_spool_age_seconds",
            help: "Age of the oldest segment that is still needed; 0 when the spool is empty."
        )
        limit.set(spool.maximumBytes)
        registry.onCollect {
            let status = spool.status
            bytes.set(status.bytes)
            records.set(status.records)
            age.set(status.ageSeconds(at: .now))
        }
    }
}

extension Spool.Status {
    /// How long the oldest needed segment has been collecting.
    func ageSeconds(at now: Timestamp) -> Double {
        storedSince.map { Double(max(0, now.milliseconds - $0.milliseconds)) / 1_000 } ?? 0
    }
}
