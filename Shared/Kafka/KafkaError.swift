import CRDKafka

/// Why Kafka did not do what was asked.
public struct KafkaError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds that callers tell apart.
    public enum Code: Sendable, Hashable {
        /// The producer's bounded queue is full: back-pressure.
        case queueFull
        /// No answer within the deadline; the outcome may be unknown.
        case timedOut
        /// No broker could be reached.
        case unreachable
        /// The client has become unusable; a producer has replaced itself already.
        case fatal
        /// A property that librdkafka does not know or accept.
        case invalidConfiguration
        /// The topic or partition does not exist.
        case unknownTopic
        /// The topic exists with another number of partitions.
        case wrongPartitionCount
        /// Larger than the client or the broker accepts: it can never be delivered.
        case messageTooLarge
        /// The broker does not let us.
        case notAuthorized
        /// The client was closed.
        case closed
        /// Any other error, with librdkafka's number for it.
        case broker(Int32)
    }

    /// The kind.
    public var code: Code
    /// The reason, for logs and people.
    public var message: String
    /// Whether the same call can succeed later.
    public var isRetriable: Bool

    /// Creates an error.
    public init(code: Code, message: String, isRetriable: Bool) {
        self.code = code
        self.message = message
        self.isRetriable = isRetriable
    }

    /// A one-line text for logs.
    public var description: String { "KafkaError(\(code)): \(message)" }
}

extension KafkaError {
    static let closed = KafkaError(code: .closed, message: "the client was closed", isRetriable: false)

    init(_ error: rd_kafka_resp_err_t, _ message: String? = nil) {
        let (code, isRetriable) = Self.kind(error)
        let text = String(cString: rd_kafka_err2str(error))
        self.init(code: code, message: message.map { "\($0): \(text)" } ?? text, isRetriable: isRetriable)
    }

    /// Takes the error object over and frees it; `nil` is success.
    init?(consuming error: OpaquePointer?) {
        guard let error else { return nil }
        defer { rd_kafka_error_destroy(error) }
        self.init(rd_kafka_error_code(error), String(cString: rd_kafka_error_string(error)))
    }

    private static func kind(_ error: rd_kafka_resp_err_t) -> (Code, Bool) {
        switch error {
        case RD_KAFKA_RESP_ERR__QUEUE_FULL: (.queueFull, true)
        case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE,
            RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT:
            (.timedOut, true)
        case RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, RD_KAFKA_RESP_ERR__RESOLVE,
            RD_KAFKA_RESP_ERR__WAIT_COORD:
            (.unreachable, true)
        case RD_KAFKA_RESP_ERR__FATAL, RD_KAFKA_RESP_ERR__PURGE_QUEUE, RD_KAFKA_RESP_ERR__PURGE_INFLIGHT:
            (.fatal, true)
        case RD_KAFKA_RESP_ERR__INVALID_ARG: (.invalidConfiguration, false)
        case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION,
            RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
            (.unknownTopic, true)
        case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
            (.messageTooLarge, false)
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
            RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR__AUTHENTICATION,
            RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
            (.notAuthorized, false)
        case RD_KAFKA_RESP_ERR__DESTROY: (.closed, false)
        case RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
            RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND,
            RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS,
            RD_KAFKA_RESP_ERR_NOT_COORDINATOR, RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS,
            RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID,
            RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT, RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION,
            RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE, RD_KAFKA_RESP_ERR__STATE:
            (.broker(error.rawValue), true)
        default: (.broker(error.rawValue), false)
        }
    }
}
