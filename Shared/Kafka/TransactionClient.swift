import CRDKafka
import Glibc
import Logging
import NIOConcurrencyHelpers

/// The calls of a transactional producer, one after the other on one thread: every call here blocks.
///
/// Retriable errors are tried again until ``stop()``; what is thrown is abortable, fatal, or the stop.
final class TransactionClient: Sendable {
    let producer: ProducerClient
    private let isStopped = NIOLockedValueBox(false)

    init(properties: [String: String], logger: Logger) throws(KafkaError) {
        producer = try ProducerClient(properties: properties, logger: logger)
    }

    /// Ends all retrying.
    func stop() { isStopped.withLockedValue { $0 = true } }

    /// Fences off older producers of the same transactional id and waits until their transactions are over.
    func initialise() throws(KafkaTransactionError) {
        try untilDone { rd_kafka_init_transactions(producer.handle.pointer, 5000) }
    }

    /// Sends `messages` and `offsets` in one transaction; when this throws `aborted`, nothing of it took effect.
    func transact(
        _ messages: [KafkaOutgoingMessage],
        offsets: [KafkaTransactionOffset],
        as membership: KafkaGroupMembership
    ) throws(KafkaTransactionError) {
        try untilDone { rd_kafka_begin_transaction(producer.handle.pointer) }
        do throws(KafkaTransactionError) {
            for message in messages { try enqueue(message) }
            try send(offsets, as: membership)
            // -1: as long as the transaction may last.
            try untilDone { rd_kafka_commit_transaction(producer.handle.pointer, -1) }
        } catch {
            if error.kind == .aborted { try untilDone { rd_kafka_abort_transaction(producer.handle.pointer, -1) } }
            throw error
        }
    }

    /// Delivery is not looked at: a message that fails makes the commit fail.
    private func enqueue(_ message: KafkaOutgoingMessage) throws(KafkaTransactionError) {
        while true {
            var failure: KafkaError?
            guard producer.whileOpen({ failure = producer.enqueue(message, opaque: nil) }) else {
                if isStopped.withLockedValue({ $0 }) { throw .closed }
                throw KafkaTransactionError(.fatal, producer.handle.context.fatalError ?? "the producer has ended")
            }
            guard let failure else { return }
            guard failure.code == .queueFull else { throw KafkaTransactionError(.aborted, failure.message) }
            if isStopped.withLockedValue({ $0 }) { throw .closed }
            usleep(1000)
        }
    }

    private func send(
        _ offsets: [KafkaTransactionOffset],
        as membership: KafkaGroupMembership
    ) throws(KafkaTransactionError) {
        guard !offsets.isEmpty else { return }
        let list = TopicPartitionList()
        for offset in offsets { list.add(offset.partition, offset: offset.offset, metadata: offset.metadata) }
        try untilDone {
            list.lend { list in
                rd_kafka_send_offsets_to_transaction(producer.handle.pointer, list, membership.pointer, 5000)
            }
        }
    }

    private func untilDone(_ call: () -> OpaquePointer?) throws(KafkaTransactionError) {
        var pause: UInt32 = 10_000
        while let error = KafkaTransactionError(consuming: call()) {
            guard error.kind == .retriable else { throw error }
            if isStopped.withLockedValue({ $0 }) { throw .closed }
            usleep(pause)
            pause = min(pause * 2, 500_000)
        }
    }
}
