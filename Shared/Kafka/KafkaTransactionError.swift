import CRDKafka

/// Why a transaction, or a step of one, did not succeed.
public struct KafkaTransactionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is to be done.
    public enum Kind: Sendable, Hashable {
        /// The step may succeed when it is called again.
        case retriable
        /// The transaction has been or must be aborted; nothing of it took effect, another one may succeed.
        case aborted
        /// The producer can never commit again: another one has fenced it off, or it was held up past its timeout.
        case fatal
        /// The producer was closed; whether the last transaction took effect is known to the brokers alone.
        case closed
    }

    /// What is to be done.
    public var kind: Kind
    /// The reason, for logs and people.
    public var message: String

    /// Creates an error.
    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// A one-line text for logs.
    public var description: String { "KafkaTransactionError(\(kind)): \(message)" }
}

extension KafkaTransactionError {
    static let closed = KafkaTransactionError(.closed, "the producer was closed")

    /// Takes the error object over and frees it; `nil` is success.
    ///
    /// What librdkafka calls neither retriable nor abortable leaves the transaction in an unknown state: fatal.
    init?(consuming error: OpaquePointer?) {
        guard let error else { return nil }
        defer { rd_kafka_error_destroy(error) }
        let code = String(cString: rd_kafka_error_name(error))
        let message = "\(String(cString: rd_kafka_error_string(error))) (\(code))"
        if rd_kafka_error_is_fatal(error) != 0 {
            self.init(.fatal, message)
        } else if rd_kafka_error_txn_requires_abort(error) != 0 {
            self.init(.aborted, message)
        } else if rd_kafka_error_is_retriable(error) != 0 {
            self.init(.retriable, message)
        } else {
            self.init(.fatal, message)
        }
    }
}
