import NIOConcurrencyHelpers

/// The metrics of one process, and their Prometheus text.
///
/// Ask for each object once and keep it: recording is a few atomic operations, looking up takes a lock. The same
/// name and labels give the same object. Labels come from small fixed sets (topic, reason, route), never from users
/// or items. Programmer's mistakes (a bad name, one name for two kinds) stop the process.
public final class MetricsRegistry: Sendable {
    enum Metric: Sendable {
        case counter(Counter)
        case gauge(Gauge)
        case histogram(Histogram)
    }

    struct Family: Sendable {
        let kind: MetricKind
        let help: String
        var metrics: [[MetricLabel]: Metric] = [:]
    }

    private let families = NIOLockedValueBox<[String: Family]>([:])
    private let collectors = NIOLockedValueBox<[@Sendable () -> Void]>([])

    /// Creates an empty registry.
    public init() {}

    /// A number that only grows; its name ends in `_total`.
    public func counter(_ name: String, help: String, labels: [String: String] = [:]) -> Counter {
        let metric = metric(name, .counter, help, labels) { .counter(Counter()) }
        guard case .counter(let counter) = metric else { preconditionFailure("\(name) is not a counter") }
        return counter
    }

    /// A number that rises and falls.
    public func gauge(_ name: String, help: String, labels: [String: String] = [:]) -> Gauge {
        let metric = metric(name, .gauge, help, labels) { .gauge(Gauge()) }
        guard case .gauge(let gauge) = metric else { preconditionFailure("\(name) is not a gauge") }
        return gauge
    }

    /// Counts of observations in fixed buckets; `buckets` are ascending upper bounds without infinity.
    public func histogram(
        _ name: String,
        help: String,
        labels: [String: String] = [:],
        buckets: [Double] = Histogram.latencyBuckets
    ) -> Histogram {
        let metric = metric(name, .histogram, help, labels) { .histogram(Histogram(buckets: buckets)) }
        guard case .histogram(let histogram) = metric else { preconditionFailure("\(name) is not a histogram") }
        return histogram
    }

    /// Forgets one object, for example the lag of a partition that was taken away.
    public func remove(_ name: String, labels: [String: String] = [:]) {
        families.withLockedValue { families in
            _ = families[name]?.metrics.removeValue(forKey: MetricLabel.sorted(labels))
        }
    }

    /// Runs `update` before each rendering, to set gauges whose value is only known then.
    public func onCollect(_ update: @escaping @Sendable () -> Void) {
        collectors.withLockedValue { $0.append(update) }
    }

    /// The Prometheus text format, version 0.0.4, sorted by name and labels.
    public func render() -> String {
        for update in collectors.withLockedValue({ $0 }) { update() }
        let families = families.withLockedValue { $0 }
        var text = ""
        for name in families.keys.sorted() {
            guard let family = families[name], !family.metrics.isEmpty else { continue }
            PrometheusText.append(name: name, family: family, to: &text)
        }
        return text
    }

    private func metric(
        _ name: String,
        _ kind: MetricKind,
        _ help: String,
        _ labels: [String: String],
        make: () -> Metric
    ) -> Metric {
        precondition(PrometheusText.isMetricName(name), "'\(name)' is not a metric name")
        precondition(labels.keys.allSatisfy(PrometheusText.isLabelName), "a label of '\(name)' has a bad name")
        return families.withLockedValue { families in
            let key = MetricLabel.sorted(labels)
            precondition(families[name].map { $0.kind == kind } ?? true, "'\(name)' is of another kind already")
            if let known = families[name]?.metrics[key] { return known }
            let metric = make()
            families[name, default: Family(kind: kind, help: help)].metrics[key] = metric
            return metric
        }
    }
}

/// One label of a metric.
struct MetricLabel: Hashable, Sendable {
    let name: String
    let value: String

    static func sorted(_ labels: [String: String]) -> [MetricLabel] {
        labels.sorted { $0.key < $1.key }.map { MetricLabel(name: $0.key, value: $0.value) }
    }
}
