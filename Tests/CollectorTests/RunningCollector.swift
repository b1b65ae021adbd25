import Foundation
import FoundationNetworking
import Kafka
import Logging
import ServiceLifecycle
import ServiceSupport
import TestSupport

@testable import Collector

/// A collector that runs on a port of its own for one test.
struct RunningCollector: Sendable {
    struct Answer: Sendable {
        var status: Int
        var headers: [String: String]
        var text: String

        func header(_ name: String) -> String? { headers[name] }
    }

    let port: Int
    let broker: TestBroker
    let topics: TopicNames
    let context: ServiceContext
    let stop: @Sendable () -> Void

    func post(_ body: String, type: String = "application/json", headers: [String: String] = [:]) async throws -> Answer
    {
        try await post(bytes: Array(body.utf8), type: type, headers: headers)
    }

    func post(bytes: [UInt8], type: String = "application/json", headers: [String: String] = [:]) async throws -> Answer
    {
        let all = headers.merging(["content-type": type]) { given, _ in given }
        return try await send("POST", "/v1/events", headers: all, body: Data(bytes))
    }

    func send(
        _ method: String,
        _ path: String,
        headers: [String: String] = [:],
        body: Data? = nil
    ) async throws -> Answer {
        guard let url = URL(string: "http://127.0.0.1:\(port)\(path)") else { throw URLError(.badURL) }
        var request = URLRequest(url: url)
        request.httpMethod = method
        request.httpBody = body
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        let (data, response) = try await URLSession.shared.data(for: request)
        let http = response as? HTTPURLResponse
        var lowered: [String: String] = [:]
        for (name, value) in http?.allHeaderFields ?? [:] { lowered["\(name)".lowercased()] = "\(value)" }
        return Answer(status: http?.statusCode ?? 0, headers: lowered, text: String(decoding: data, as: UTF8.self))
    }

    /// The bytes of bodies held now, as the metrics say.
    var inflightBytes: Int { metric("collector_inflight_bytes") }

    /// A metric without labels, 0 when it is missing.
    func metric(_ name: String) -> Int {
        let lines = context.metrics.render().split(separator: "\n")
        let value = lines.first { $0.hasPrefix(name + " ") }?.split(separator: " ").last
        return value.flatMap { Double($0) }.map { Int($0) } ?? 0
    }

    /// All records of a topic now.
    func records(_ topic: String) async throws -> [KafkaMessage] {
        let reader = try await KafkaReader(
            settings: broker.settings,
            topics: [topics.prefix + topic],
            from: .beginning,
            logger: Logger(label: "test")
        )
        var records: [KafkaMessage] = []
        while let batch = try await reader.nextBatch(), !batch.isEmpty { records += batch }
        await reader.close()
        return records
    }
}

/// Runs a collector against a broker with topics of unique names, and stops it gracefully.
func withCollector(
    flags: [String: String] = [:],
    _ body: @escaping @Sendable (RunningCollector) async throws -> Void
) async throws {
    try await withCollectorTopics { broker, topics in
        try await withCollector(on: broker, topics, flags: flags, body)
    }
}

/// A broker with the collector's topics under a unique prefix.
func withCollectorTopics(_ body: (TestBroker, TopicNames) async throws -> Void) async throws {
    let prefix = "test.\(String(UInt64.random(in: 0...UInt64.max), radix: 36))."
    let topics = TopicNames(prefix: prefix)
    try await withBroker(topics: [:]) { _, broker in
        let names = topics.allEvents + [topics.rejected]
        if let embedded = broker.embedded {
            for name in names { try embedded.createTopic(name, partitions: 2) }
        } else {
            try await KafkaAdmin(settings: broker.settings)
                .createTopics(names.map { TopicSpecification(name: $0, partitions: 2) })
        }
        try await body(broker, topics)
    }
}

/// Runs a collector for these topics, and stops it gracefully.
func withCollector(
    on broker: TestBroker,
    _ topics: TopicNames,
    flags: [String: String] = [:],
    _ body: @escaping @Sendable (RunningCollector) async throws -> Void
) async throws {
    let base = [
        "http.port": "0", "topics.prefix": topics.prefix, "topics.partitions": "2",
        "kafka.bootstrap.servers": broker.settings.bootstrapServers,
    ]
    let reader = try SettingsReader(flags: base.merging(flags) { _, given in given })
    let settings = try CollectorService.settings(from: reader)
    let context = ServiceContext(name: "collector", logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let (ports, port) = AsyncStream<Int>.makeStream()
    let group = ServiceGroup(
        services: [
            CollectorUnderTest(settings: settings, context: context, onListening: { port.yield($0) })
        ],
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    )
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        var iterator = ports.makeAsyncIterator()
        guard let number = await iterator.next() else { throw CancellationError() }
        try await untilTrue(within: .seconds(20)) { context.health.isReady }
        let collector = RunningCollector(
            port: number,
            broker: broker,
            topics: topics,
            context: context,
            stop: { Task { await group.triggerGracefulShutdown() } }
        )
        try await body(collector)
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
    }
}

private struct CollectorUnderTest: Service {
    let settings: CollectorSettings
    let context: ServiceContext
    let onListening: @Sendable (Int) -> Void

    func run() async throws {
        try await CollectorService.run(settings, context: context, onListening: onListening)
    }
}
