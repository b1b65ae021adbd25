import CRDKafka
import Glibc
import Logging
import NIOConcurrencyHelpers
import Threading

/// A Kafka cluster inside this process, for development and tests: librdkafka's own mock cluster.
///
/// Other processes can use its address too. It keeps about 5 MiB per partition and forgets everything when it is closed;
/// it has no admin API, so topics are made by ``createTopic(_:partitions:)``.
///
/// `@unchecked Sendable`: the pointer is set once and librdkafka's API is thread-safe; it is used under the lock only.
public final class EmbeddedBroker: @unchecked Sendable {
    /// The requests that ``pushErrors(_:for:)`` can make fail.
    public enum Request: Int16, Sendable {
        /// Messages from producers.
        case produce = 0
        /// Messages to consumers.
        case fetch = 1
        /// The list of topics.
        case metadata = 3
        /// A consumer group's progress.
        case offsetCommit = 8
        /// What a group has committed.
        case offsetFetch = 9
        /// The first step of a rebalance.
        case joinGroup = 11
        /// A member's sign of life.
        case heartbeat = 12
        /// The identity of an idempotent producer.
        case initProducerID = 22
        /// A transaction's first message to a partition.
        case addPartitionsToTransaction = 24
        /// A transaction's first offset.
        case addOffsetsToTransaction = 25
        /// A transaction's commit or abort.
        case endTransaction = 26
        /// A group's progress, within a transaction.
        case transactionOffsetCommit = 28
    }

    private struct Cluster {
        var handle: KafkaHandle?
        var cluster: OpaquePointer
    }

    /// The address for `bootstrap.servers`; the port is chosen by the system.
    public let bootstrapServers: String
    private let cluster: NIOLockedValueBox<Cluster>

    /// Starts a cluster of `brokers` on the loopback interface.
    public init(brokers: Int = 1) throws(KafkaError) {
        let properties = ["client.id": "embedded-broker", "log.connection.close": "false"]
        let quiet = Logger(label: "embedded-broker", factory: { _ in SwiftLogNoOpLogHandler() })
        let handle = try KafkaHandle(RD_KAFKA_PRODUCER, properties: properties, logger: quiet)
        guard let cluster = rd_kafka_mock_cluster_new(handle.pointer, Int32(clamping: brokers)) else {
            throw KafkaError(code: .unreachable, message: "the embedded broker did not start", isRetriable: false)
        }
        Self.shortenFirstJoin(cluster)
        bootstrapServers = String(cString: rd_kafka_mock_cluster_bootstraps(cluster))
        self.cluster = NIOLockedValueBox(Cluster(handle: handle, cluster: cluster))
    }

    deinit {
        close()
    }

    /// Creates a topic, which must not exist.
    public func createTopic(_ name: String, partitions: Int) throws(KafkaError) {
        try call { rd_kafka_mock_topic_create($0, name, Int32(clamping: partitions), 1) }
    }

    /// Makes a broker refuse and drop connections.
    public func setBrokerDown(_ broker: Int32 = 1) throws(KafkaError) {
        try call { rd_kafka_mock_broker_set_down($0, broker) }
    }

    /// Lets a broker take connections again.
    public func setBrokerUp(_ broker: Int32 = 1) throws(KafkaError) {
        try call { rd_kafka_mock_broker_set_up($0, broker) }
    }

    /// Delays every answer of a broker.
    public func setRoundTripTime(_ time: Duration, broker: Int32 = 1) throws(KafkaError) {
        try call { rd_kafka_mock_broker_set_rtt($0, broker, Int32(clamping: time.milliseconds)) }
    }

    /// Moves a partition to another broker.
    public func setLeader(of partition: KafkaTopicPartition, to broker: Int32) throws(KafkaError) {
        try call { rd_kafka_mock_partition_set_leader($0, partition.topic, partition.partition, broker) }
    }

    /// Makes a broker the coordinator of a consumer group.
    ///
    /// The group must not be in use yet. Taking the coordinator down while a group rebalances can abort the process.
    public func setCoordinator(of group: String, to broker: Int32) throws(KafkaError) {
        try call { rd_kafka_mock_coordinator_set($0, "group", group, broker) }
    }

    /// Makes the next requests of a kind fail, one for each error number of the Kafka protocol.
    public func pushErrors(_ errors: [Int32], for request: Request) {
        let codes = errors.map { rd_kafka_resp_err_t($0) }
        cluster.withLockedValue { cluster in
            guard cluster.handle != nil else { return }
            rd_kafka_mock_push_request_errors_array(cluster.cluster, request.rawValue, codes.count, codes)
        }
    }

    /// Ends the cluster; its data is gone.
    public func close() {
        cluster.withLockedValue { cluster in
            guard let handle = cluster.handle else { return }
            rd_kafka_mock_cluster_destroy(cluster.cluster)
            cluster.handle = nil
            // Destroying waits for threads.
            DedicatedThread.start { withExtendedLifetime(handle) {} }
        }
    }

    private func call(_ body: (OpaquePointer) -> rd_kafka_resp_err_t) throws(KafkaError) {
        let status = cluster.withLockedValue { cluster in
            cluster.handle == nil ? RD_KAFKA_RESP_ERR__DESTROY : body(cluster.cluster)
        }
        guard status == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(status) }
    }

    /// Newer versions of librdkafka can shorten the three seconds that a group's first join takes.
    private static func shortenFirstJoin(_ cluster: OpaquePointer) {
        typealias SetDelay = @convention(c) (OpaquePointer, Int32) -> Void
        guard let symbol = dlsym(nil, "rd_kafka_mock_group_initial_rebalance_delay_ms") else { return }
        unsafeBitCast(symbol, to: SetDelay.self)(cluster, 200)
    }
}
