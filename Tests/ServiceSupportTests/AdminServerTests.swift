import Foundation
import Logging
import NIOConcurrencyHelpers
import Testing

@testable import ServiceSupport

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

@Suite struct AdminServerTests {
    @Test(.timeLimit(.minutes(1))) func `the admin port tells health and metrics`() async throws {
        let health = HealthRegistry()
        let metrics = MetricsRegistry()
        let kafka = health.check("kafka")
        metrics.counter("x_total", help: "X.").increment()
        let (ports, port) = AsyncStream<Int>.makeStream()
        let server = AdminServer(
            listener: ListenerSettings(host: "127.0.0.1", port: 0),
            health: health,
            metrics: metrics,
            logger: Logger(label: "test"),
            onRunning: { port.yield($0) }
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            var iterator = ports.makeAsyncIterator()
            let base = "http://127.0.0.1:\(try #require(await iterator.next()))"

            let unready = try await get(base + "/health/ready")
            #expect(unready.status == 503)
            #expect(unready.body.contains("starting"))
            kafka.ready()
            #expect(try await get(base + "/health/ready").status == 200)
            #expect(try await get(base + "/health/live").status == 200)
            let text = try await get(base + "/metrics")
            #expect(text.type == "text/plain; version=0.0.4; charset=utf-8")
            #expect(text.body == metrics.render())
            group.cancelAll()
        }
    }

    private func get(_ address: String) async throws -> (status: Int, type: String?, body: String) {
        let url = try #require(URL(string: address))
        let (data, response) = try await URLSession.shared.data(from: url)
        let http = try #require(response as? HTTPURLResponse)
        return (http.statusCode, http.value(forHTTPHeaderField: "content-type"), String(decoding: data, as: UTF8.self))
    }
}
