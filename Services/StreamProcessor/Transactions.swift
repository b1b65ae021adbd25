import Kafka
import Logging
import ServiceSupport

/// Exactly-once output: the process's transactional producer, and what the group's committed offsets say was emitted.
///
/// One producer serves all partitions of the process: batches that are ready together share a transaction. Its id is
/// new with each start; older processes are kept out by the generation of the consumer group, so no two processes can
/// fence each other off for ever, and ids need not be handed out.
struct Transactions: Sendable {
    let producer: KafkaTransactionalProducer
    private let group: String
    private let admin: KafkaAdmin
    private let emitted = EmittedOffsets()

    init(id prefix: String, group: String, kafka: KafkaClientSettings, logger: Logger) throws(KafkaError) {
        let suffix = String(UInt64.random(in: .min ... .max), radix: 36)
        producer = try KafkaTransactionalProducer(
            settings: kafka,
            transactionalID: "\(prefix)-\(suffix)",
            logger: logger
        )
        admin = KafkaAdmin(settings: kafka, logger: logger)
        self.group = group
    }

    /// Takes over what the group had committed when partitions were assigned.
    func assigned(_ committed: [KafkaTopicPartition: KafkaCommitted]) {
        emitted.assign(committed)
    }

    /// The output of the workers of one assignment.
    func output(as membership: KafkaGroupMembership?, checkpoint: ConsumerCheckpoint) throws -> TransactionalOutput {
        guard let membership else {
            throw KafkaTransactionError(.retriable, "the group has ended this generation already")
        }
        return TransactionalOutput(
            emitted: emitted,
            transact: { messages, offsets throws(KafkaTransactionError) in
                try await producer.send(messages, offsets: offsets, as: membership)
            },
            askCommitted: { try await admin.committedOffsets(group: group, partitions: $0) },
            note: { checkpoint.metadata(for: $0, stateOffset: $1) }
        )
    }

    /// Commits every second up to where states have been written since, which no batch's own transaction can know.
    ///
    /// Without it, a restart would read the last batch of each partition again, and a changed Redis much more.
    func noteStates(_ consumer: KafkaConsumerGroup, checkpoint: ConsumerCheckpoint) async {
        var noted: Set<KafkaTransactionOffset> = []
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(1))
            let state = consumer.state
            guard let membership = state.membership else { continue }
            let offsets = state.partitions.compactMap { partition, known -> KafkaTransactionOffset? in
                guard let end = emitted[partition], max(end, known.processed) > 0 else { return nil }
                return KafkaTransactionOffset(
                    partition,
                    // Never below what was emitted: reading may have gone back because of Redis.
                    offset: max(end, known.processed),
                    metadata: checkpoint.metadata(for: partition, stateOffset: known.processed)
                )
            }
            let new = offsets.filter { !noted.contains($0) }
            guard !new.isEmpty else { continue }
            // A failure is the next batch's to report; the next second tries again.
            if (try? await producer.send([], offsets: new, as: membership)) != nil { noted = Set(offsets) }
        }
    }
}
