public import Kafka
public import Logging
public import Stores
import Threading

/// The generations of the topics that a service reads, checked against the cluster that it reads from.
public struct StreamTopology: Sendable {
    /// The generation per topic name.
    public let generations: [String: UInt32]

    /// Creates a topology, for tests.
    public init(generations: [String: UInt32]) {
        self.generations = generations
    }

    /// Waits until every topic has a generation and the cluster answers, and checks that it is the cluster they belong to.
    ///
    /// - Throws: ``KafkaConsumptionRefused`` when it is another cluster; `CancellationError`.
    public static func load(
        topics: [String],
        kafka: KafkaClientSettings,
        store: TopicGenerations,
        health: HealthCheck,
        logger: Logger
    ) async throws -> StreamTopology {
        let admin = KafkaAdmin(settings: kafka, logger: logger)
        var backoff = Backoff(initial: .milliseconds(50), maximum: .seconds(1))
        var told = ""
        while true {
            try Task.checkCancellation()
            do {
                let found = try await store.generations(of: topics)
                let missing = topics.filter { found[$0] == nil }
                if missing.isEmpty {
                    let cluster = try await admin.clusterID()
                    try check(found, cluster: cluster)
                    health.ready()
                    return StreamTopology(generations: found.mapValues(\.number))
                }
                throw StoreError(
                    code: .unavailable,
                    message: "no generation of \(missing.joined(separator: ", ")): run `freshet topics create`"
                )
            } catch let error as KafkaConsumptionRefused {
                throw error
            } catch {
                health.unready("\(error)")
                if told != "\(error)" { logger.notice("waiting for topics", metadata: ["why": "\(error)"]) }
                told = "\(error)"
                try await Task.sleep(for: backoff.next())
            }
        }
    }

    private static func check(_ found: [String: TopicGenerations.Generation], cluster: String) throws {
        for (topic, generation) in found where generation.clusterID != cluster {
            throw KafkaConsumptionRefused(
                "\(topic) was created on the cluster \(generation.clusterID), this one is \(cluster): the state in Redis "
                    + "belongs to another Kafka; `freshet topics new-generation` starts over with this one"
            )
        }
    }
}
