import CoreMetrics
import Foundation
import Testing

@testable import ServiceSupport

@Suite struct MetricsRegistryTests {
    @Test func `the text is what Prometheus reads`() {
        let registry = MetricsRegistry()
        registry.counter("x_events_total", help: "Events.", labels: ["topic": "b"]).increment(by: 3)
        registry.counter("x_events_total", help: "Events.", labels: ["topic": "a\"\\\n", "kind": "k"]).increment()
        registry.gauge("x_depth", help: "Depth \\ of\nqueue.").set(-1.5)
        let histogram = registry.histogram("x_seconds", help: "Time.", labels: ["r": "/"], buckets: [0.1, 1])
        for value in [0.05, 0.1, 0.5, 7] { histogram.observe(value) }
        #expect(
            registry.render() == #"""
                # HELP x_depth Depth \\ of\nqueue.
                # TYPE x_depth gauge
                x_depth -1.5
                # HELP x_events_total Events.
                # TYPE x_events_total counter
                x_events_total{kind="k",topic="a\"\\\n"} 1
                x_events_total{topic="b"} 3
                # HELP x_seconds Time.
                # TYPE x_seconds histogram
                x_seconds_bucket{r="/",le="0.1"} 2
                x_seconds_bucket{r="/",le="1"} 3
                x_seconds_bucket{r="/",le="+Inf"} 4
                x_seconds_sum{r="/"} 7.65
                x_seconds_count{r="/"} 4

                """#
        )
    }

    @Test func `the same name and labels give the same object`() {
        let registry = MetricsRegistry()
        #expect(registry.gauge("g", help: "", labels: ["a": "1"]) === registry.gauge("g", help: "", labels: ["a": "1"]))
        #expect(registry.gauge("g", help: "", labels: ["a": "1"]) !== registry.gauge("g", help: "", labels: ["a": "2"]))
        registry.remove("g", labels: ["a": "2"])
        #expect(!registry.render().contains("a=\"2\""))
    }

    @Test func `no count is lost between threads`() async {
        let registry = MetricsRegistry()
        let counter = registry.counter("c_total", help: "")
        let histogram = registry.histogram("h", help: "", buckets: [1, 2])
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for step in 0..<10_000 {
                        counter.increment()
                        histogram.observe(Double(step % 3))
                    }
                }
            }
        }
        #expect(counter.value == 40_000)
        #expect(histogram.count == 40_000)
        #expect(histogram.sum == 4 * (3333 + 2 * 3333))
    }

    @Test func `what other packages record appears too`() {
        let registry = MetricsRegistry()
        let factory = RegistryMetricsFactory(registry)
        factory.makeCounter(label: "hb.requests", dimensions: [("http.route", "/x")]).increment(by: 2)
        factory.makeTimer(label: "http.server.request.duration", dimensions: []).recordNanoseconds(2_000_000_000)
        let text = registry.render()
        #expect(text.contains("hb_requests_total{http_route=\"/x\"} 2\n"))
        #expect(text.contains("http_server_request_duration_seconds_sum 2\n"))
    }

    @Test func `the process reports its memory, time and files`() {
        let registry = MetricsRegistry()
        ProcessMetrics.register(in: registry)
        let text = registry.render()
        #expect(text.contains("process_start_time_seconds 1"))
        #if os(Linux)
        for name in ["resident_memory_bytes", "virtual_memory_bytes", "cpu_seconds_total", "threads", "open_fds"] {
            let line = text.split(separator: "\n").first { $0.hasPrefix("process_\(name) ") }
            #expect(line.flatMap { Double($0.split(separator: " ")[1]) }.map { $0 > 0 } == true, "\(name)")
        }
        #endif
    }
}
