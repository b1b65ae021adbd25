import CThreadInterposer
import Foundation
public import Kafka
import Logging

/// A broker for one test: an embedded one, or the cluster that `KAFKA_BOOTSTRAP_SERVERS` names.
public struct TestBroker: Sendable {
    /// How to reach it.
    public var settings: KafkaClientSettings
    /// The embedded broker, for fault tests; `nil` on a real cluster.
    public var embedded: EmbeddedBroker?
    private var suffix: String
    private var topics: [String: String]

    /// The name that stands for `topic` in this test.
    public subscript(topic: String) -> String { topics[topic] ?? "\(topic)-\(suffix)" }

    /// A group name that no other test uses.
    public func group(_ name: String) -> String { "\(name)-\(suffix)" }

    fileprivate init(
        settings: KafkaClientSettings,
        embedded: EmbeddedBroker?,
        suffix: String,
        topics: [String: String]
    ) {
        self.settings = settings
        self.embedded = embedded
        self.suffix = suffix
        self.topics = topics
    }
}

/// Whether tests run against a real cluster.
public var usesRealBroker: Bool { ProcessInfo.processInfo.environment["KAFKA_BOOTSTRAP_SERVERS"] != nil }

/// Runs `body` with topics of unique names, made with the given numbers of partitions.
public func withBroker<Result>(
    topics: [String: Int],
    isolation: isolated (any Actor)? = #isolation,
    _ body: (_ settings: KafkaClientSettings, _ names: TestBroker) async throws -> Result
) async throws -> Result {
    cthread_interposer_link()
    let suffix = String(UInt64.random(in: 0...UInt64.max), radix: 36)
    let names = topics.map { ($0.key, "test.\($0.key).\(suffix)") }
    let unique = Dictionary(uniqueKeysWithValues: names)
    if let servers = ProcessInfo.processInfo.environment["KAFKA_BOOTSTRAP_SERVERS"] {
        let settings = KafkaClientSettings(bootstrapServers: servers, clientID: "test")
        try await KafkaAdmin(settings: settings).createTopics(
            topics.map { TopicSpecification(name: unique[$0.key] ?? $0.key, partitions: $0.value) }
        )
        return try await body(settings, TestBroker(settings: settings, embedded: nil, suffix: suffix, topics: unique))
    }
    let broker = try EmbeddedBroker()
    defer { broker.close() }
    for (topic, partitions) in topics { try broker.createTopic(unique[topic] ?? topic, partitions: partitions) }
    let settings = KafkaClientSettings(
        bootstrapServers: broker.bootstrapServers,
        clientID: "test",
        // An empty fetch of the embedded broker takes all of the first; a second member waits for the session timeout.
        properties: ["fetch.wait.max.ms": "5", "session.timeout.ms": "3000", "heartbeat.interval.ms": "300"]
    )
    return try await body(settings, TestBroker(settings: settings, embedded: broker, suffix: suffix, topics: unique))
}

/// Waits until `condition` holds; `false` after `timeout`.
public func eventually(
    within timeout: Duration = .seconds(20),
    isolation: isolated (any Actor)? = #isolation,
    _ condition: () async -> Bool
) async -> Bool {
    let deadline = ContinuousClock.now + timeout
    while ContinuousClock.now < deadline {
        if await condition() { return true }
        try? await Task.sleep(for: .milliseconds(10))
    }
    return false
}
