public import Events
public import Kafka
public import Logging
public import Stores
import Threading

/// The generations and partitions of the topics that a service reads, checked against the cluster that it reads from.
public struct StreamTopology: Sendable {
    /// The generation per topic name.
    public let generations: [String: UInt32]
    /// How many partitions each topic keyed by user has.
    public let partitions: Int32

    /// Creates a topology, for tests.
    public init(generations: [String: UInt32], partitions: Int32) {
        self.generations = generations
        self.partitions = partitions
    }

    /// Waits until every topic has a generation and the cluster answers, and checks that it is the cluster they belong to
    /// and that the topics `keyed` by user have as many partitions as the settings say.
    ///
    /// - Throws: ``KafkaConsumptionRefused`` when one of that is not so; `CancellationError`.
    public static func load(
        keyed: [String],
        others: [String] = [],
        partitions: Int,
        kafka: KafkaClientSettings,
        store: TopicGenerations,
        health: HealthCheck,
        logger: Logger
    ) async throws -> StreamTopology {
        let admin = KafkaAdmin(settings: kafka, logger: logger)
        let topics = keyed + others
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
                    try check(keyed, partitions: partitions, in: try await admin.metadata())
                    health.ready()
                    return StreamTopology(
                        generations: found.mapValues(\.number),
                        partitions: Int32(clamping: partitions)
                    )
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

    /// Checks that a user's record stands on the partition that murmur2 of the user gives.
    ///
    /// From another one it would pass or hit the user's fence by chance, as a fence knows one partition of each topic.
    public func check(_ user: UserKey, on partition: Int32) throws(EventError) {
        guard partition != Murmur2.partition(forKey: user.rawValue.utf8, count: partitions) else { return }
        throw EventError(.wrongPartition, "the partition is not murmur2 of the key: set the producer's partitioner")
    }

    /// Checks an assignment of topics keyed by user: partitions may have been added since ``load``.
    ///
    /// - Throws: ``KafkaConsumptionRefused`` when there are more than the keys were spread over.
    public func check(_ assigned: some Sequence<KafkaTopicPartition>) throws(KafkaConsumptionRefused) {
        for name in assigned where name.partition >= partitions {
            throw Self.refusal(of: name.topic, partitions: "partition \(name.partition)", expected: Int(partitions))
        }
    }

    private static func check(
        _ keyed: [String],
        partitions: Int,
        in metadata: KafkaMetadata
    ) throws {
        for topic in keyed {
            guard let found = metadata.topics[topic] else {
                throw StoreError(code: .unavailable, message: "\(topic) does not exist: run `freshet topics create`")
            }
            guard found.partitionCount == partitions else {
                throw refusal(of: topic, partitions: "\(found.partitionCount) partitions", expected: partitions)
            }
        }
    }

    private static func refusal(of topic: String, partitions: String, expected: Int) -> KafkaConsumptionRefused {
        KafkaConsumptionRefused(
            "\(topic) has \(partitions) and `topics.partitions` is \(expected): users' events would move to other "
                + "partitions, past their fences; docs/operations.md says how to get more"
        )
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
