import CRDKafka
public import Logging
import Threading

/// A topic to create.
public struct TopicSpecification: Sendable, Hashable {
    /// The topic's full name.
    public var name: String
    /// How many partitions it gets.
    public var partitions: Int
    /// How many brokers keep each partition; -1 leaves it to the brokers.
    public var replication: Int
    /// Properties of the topic, as `cleanup.policy`.
    public var configuration: [String: String]

    /// Creates a specification.
    public init(name: String, partitions: Int, replication: Int = -1, configuration: [String: String] = [:]) {
        self.name = name
        self.partitions = partitions
        self.replication = replication
        self.configuration = configuration
    }
}

/// Asks the brokers about topics and groups, and creates topics.
///
/// Each call uses a client of its own on a thread of its own; this is for start-up and tools.
public struct KafkaAdmin: Sendable {
    private let settings: KafkaClientSettings
    private let logger: Logger

    /// Remembers the settings; nothing connects yet.
    public init(settings: KafkaClientSettings, logger: Logger = Logger(label: "kafka-admin")) {
        self.settings = settings
        self.logger = logger
    }

    /// Creates topics and waits until all can be used; ones that exist stay as they are.
    ///
    /// A topic that exists with another number of partitions is ``KafkaError/Code/wrongPartitionCount``. The embedded
    /// broker has no admin API: its topics are made by ``EmbeddedBroker/createTopic(_:partitions:)``.
    public func createTopics(
        _ topics: [TopicSpecification],
        timeout: Duration = .seconds(30)
    ) async throws(KafkaError) {
        let before = try await metadata(timeout: timeout)
        try before.require(topics.filter { before.topics[$0.name] != nil })
        let missing = topics.filter { before.topics[$0.name] == nil }
        guard !missing.isEmpty else { return }
        try await withClient { handle -> Result<Void, KafkaError> in
            if let error = handle.create(missing, timeout: timeout) { return .failure(error) }
            return handle.waitForTopics(missing, timeout: timeout)
        }
    }

    /// The topics with their partition counts, and the number of brokers.
    public func metadata(timeout: Duration = .seconds(10)) async throws(KafkaError) -> KafkaMetadata {
        try await withClient { KafkaMetadata.read($0, timeout: timeout) }
    }

    /// The cluster's own name for itself.
    public func clusterID(timeout: Duration = .seconds(10)) async throws(KafkaError) -> String {
        try await withClient { handle in
            guard let name = rd_kafka_clusterid(handle.pointer, Int32(clamping: timeout.milliseconds)) else {
                return .failure(KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT, "cluster id"))
            }
            defer { rd_kafka_mem_free(handle.pointer, name) }
            return .success(String(cString: name))
        }
    }

    /// What a group has committed for partitions, with the text and the watermarks.
    ///
    /// Transactions that are being decided are waited for.
    public func committedOffsets(
        group: String,
        partitions: [KafkaTopicPartition],
        timeout: Duration = .seconds(10)
    ) async throws(KafkaError) -> [KafkaTopicPartition: KafkaCommitted] {
        try await withClient(group: group) { handle in
            handle.committed(partitions, timeout: timeout).map { committed in
                var committed = committed
                for name in committed.keys {
                    guard case .success(let found) = handle.watermarks(of: name, timeout: timeout) else { continue }
                    committed[name]?.low = found.low
                    committed[name]?.high = found.high
                }
                return committed
            }
        }
    }

    private func withClient<Value: Sendable>(
        group: String = "freshet-admin",
        _ body: @escaping @Sendable (KafkaHandle) -> Result<Value, KafkaError>
    ) async throws(KafkaError) -> Value {
        let properties = ClientProperties.admin(settings, group: group)
        let handle = try KafkaHandle(RD_KAFKA_CONSUMER, properties: properties, logger: logger)
        return try await DedicatedThread.run { body(handle) }.get()
    }
}

extension KafkaMetadata {
    /// Checks that topics which exist have the wanted number of partitions.
    func require(_ topics: [TopicSpecification]) throws(KafkaError) {
        for topic in topics {
            guard let found = self.topics[topic.name], found.partitionCount != topic.partitions else { continue }
            throw KafkaError(
                code: .wrongPartitionCount,
                message: "\(topic.name) has \(found.partitionCount) partitions, not \(topic.partitions)",
                isRetriable: false
            )
        }
    }
}
