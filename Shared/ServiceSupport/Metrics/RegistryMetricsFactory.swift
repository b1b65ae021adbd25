import CoreMetrics

/// Lets libraries that speak swift-metrics record into a ``MetricsRegistry``.
///
/// Services use the registry's own objects; this is for what other packages record. Timers are histograms in seconds.
struct RegistryMetricsFactory: MetricsFactory {
    private let registry: MetricsRegistry

    /// Creates a factory that records into `registry`.
    init(_ registry: MetricsRegistry) {
        self.registry = registry
    }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        Handler.Count(
            counter: registry.counter(Self.name(label, "_total"), help: label, labels: Self.labels(dimensions))
        )
    }

    func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        Handler.Count(
            counter: registry.counter(Self.name(label, "_total"), help: label, labels: Self.labels(dimensions))
        )
    }

    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        Handler.Level(gauge: registry.gauge(Self.name(label, ""), help: label, labels: Self.labels(dimensions)))
    }

    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        let labels = Self.labels(dimensions)
        guard aggregate else {
            return Handler.Level(gauge: registry.gauge(Self.name(label, ""), help: label, labels: labels))
        }
        return Handler.Distribution(histogram: registry.histogram(Self.name(label, ""), help: label, labels: labels))
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        Handler.Distribution(
            histogram: registry.histogram(Self.name(label, "_seconds"), help: label, labels: Self.labels(dimensions))
        )
    }

    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    func destroyMeter(_ handler: any MeterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}

    private static func labels(_ dimensions: [(String, String)]) -> [String: String] {
        Dictionary(dimensions.map { (name($0.0, ""), $0.1) }) { _, last in last }
    }

    private static func name(_ label: String, _ suffix: String) -> String {
        var name = String(label.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        if name.first?.isNumber ?? true { name = "_" + name }
        return name.hasSuffix(suffix) ? name : name + suffix
    }
}

/// The handlers that swift-metrics wants, over the registry's objects.
private enum Handler {
    final class Count: CounterHandler, FloatingPointCounterHandler {
        let counter: MetricsRegistry.Counter

        init(counter: MetricsRegistry.Counter) {
            self.counter = counter
        }

        func increment(by amount: Int64) { counter.increment(by: Double(amount)) }
        func increment(by amount: Double) { counter.increment(by: amount) }
        func reset() { counter.set(toTotal: 0) }
    }

    final class Level: MeterHandler, RecorderHandler {
        let gauge: MetricsRegistry.Gauge

        init(gauge: MetricsRegistry.Gauge) {
            self.gauge = gauge
        }

        func set(_ value: Int64) { gauge.set(Double(value)) }
        func set(_ value: Double) { gauge.set(value) }
        func increment(by amount: Double) { gauge.add(amount) }
        func decrement(by amount: Double) { gauge.add(-amount) }
        func record(_ value: Int64) { gauge.set(Double(value)) }
        func record(_ value: Double) { gauge.set(value) }
    }

    final class Distribution: RecorderHandler, TimerHandler {
        let histogram: MetricsRegistry.Histogram

        init(histogram: MetricsRegistry.Histogram) {
            self.histogram = histogram
        }

        func record(_ value: Int64) { histogram.observe(Double(value)) }
        func record(_ value: Double) { histogram.observe(value) }
        func recordNanoseconds(_ duration: Int64) { histogram.observe(Double(duration) * 1e-9) }
    }
}
