import CRDKafka
import Logging
import Threading

/// Owns one `rd_kafka_t` and the context of its callbacks.
///
/// `@unchecked Sendable`: librdkafka documents its API as completely thread-safe, and the pointer never changes.
final class KafkaHandle: @unchecked Sendable {
    typealias DeliveryCallback =
        @convention(c) (OpaquePointer?, UnsafePointer<rd_kafka_message_t>?, UnsafeMutableRawPointer?) -> Void

    let pointer: OpaquePointer
    let context: ClientContext

    init(
        _ type: rd_kafka_type_t,
        properties: [String: String],
        logger: Logger,
        deliveryReports: DeliveryCallback? = nil
    ) throws(KafkaError) {
        let configuration = rd_kafka_conf_new()
        var reason = [CChar](repeating: 0, count: 512)
        // In order, so that the first complaint is the same at each start.
        for (name, value) in properties.sorted(by: { $0.key < $1.key })
        where rd_kafka_conf_set(configuration, name, value, &reason, reason.count) != RD_KAFKA_CONF_OK {
            rd_kafka_conf_destroy(configuration)
            throw KafkaError(code: .invalidConfiguration, message: "\(name): \(Self.text(reason))", isRetriable: false)
        }
        let context = ClientContext(logger: logger)
        // Unretained: the handle holds the context until librdkafka is gone.
        rd_kafka_conf_set_opaque(configuration, Unmanaged.passUnretained(context).toOpaque())
        rd_kafka_conf_set_log_cb(configuration, logged)
        rd_kafka_conf_set_stats_cb(configuration, measured)
        rd_kafka_conf_set_error_cb(configuration, failed)
        if type == RD_KAFKA_CONSUMER { rd_kafka_conf_set_rebalance_cb(configuration, rebalanced) }
        if let deliveryReports { rd_kafka_conf_set_dr_msg_cb(configuration, deliveryReports) }
        // On success `rd_kafka_new` takes ownership of the configuration.
        guard let pointer = rd_kafka_new(type, configuration, &reason, reason.count) else {
            rd_kafka_conf_destroy(configuration)
            throw KafkaError(code: .invalidConfiguration, message: Self.text(reason), isRetriable: false)
        }
        self.pointer = pointer
        self.context = context
    }

    deinit {
        let client = Client(pointer: pointer, context: context)
        // Blocks until librdkafka's threads have ended, so it has a thread of its own.
        DedicatedThread.start { client.destroy() }
    }

    /// What the thread that destroys the client needs.
    ///
    /// `@unchecked Sendable`: nothing else uses the pointer any more.
    private struct Client: @unchecked Sendable {
        let pointer: OpaquePointer
        let context: ClientContext

        func destroy() {
            rd_kafka_destroy_flags(pointer, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
            // The callbacks may have used the context until now.
            withExtendedLifetime(context) {}
        }
    }

    static func text(_ buffer: [CChar]) -> String {
        String(decoding: buffer.lazy.map(UInt8.init(bitPattern:)).prefix { $0 != 0 }, as: UTF8.self)
    }
}

private func logged(
    _ client: OpaquePointer?,
    _ level: Int32,
    _ facility: UnsafePointer<CChar>?,
    _ text: UnsafePointer<CChar>?
) {
    guard let client, let facility, let text, let context = ClientContext.of(rd_kafka_opaque(client)) else { return }
    context.log(level: level, facility: String(cString: facility), text: String(cString: text))
}

private func measured(
    _: OpaquePointer?,
    _ json: UnsafeMutablePointer<CChar>?,
    _ length: Int,
    _ opaque: UnsafeMutableRawPointer?
) -> Int32 {
    if let json, let statistics = KafkaStatistics(json: UnsafeRawBufferPointer(start: json, count: length)) {
        ClientContext.of(opaque)?.note(statistics)
    }
    return 0
}

private func failed(
    _: OpaquePointer?,
    _ error: Int32,
    _ reason: UnsafePointer<CChar>?,
    _ opaque: UnsafeMutableRawPointer?
) {
    ClientContext.of(opaque)?.note(error: rd_kafka_resp_err_t(error), reason: reason.map { String(cString: $0) } ?? "")
}

/// Runs on the polling thread; the loop there acts on it as soon as the poll returns, which `rd_kafka_yield` makes at once.
private func rebalanced(
    _ client: OpaquePointer?,
    _ error: rd_kafka_resp_err_t,
    _ partitions: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?,
    _ opaque: UnsafeMutableRawPointer?
) {
    ClientContext.of(opaque)?.note(
        ClientContext.Rebalance(
            isAssignment: error == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS,
            isLost: rd_kafka_assignment_lost(client) != 0,
            partitions: TopicPartitionList.names(partitions)
        )
    )
    rd_kafka_yield(client)
}
