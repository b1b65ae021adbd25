import Kafka
import NIOConcurrencyHelpers

/// Up to where each assigned partition's records have been emitted: the group's committed offsets, followed in memory.
///
/// The workers of one assignment have ended before the next one is taken over.
final class EmittedOffsets: Sendable {
    private let ends = NIOLockedValueBox<[KafkaTopicPartition: Int64]>([:])

    /// The offset before which everything has been emitted; `nil` while that is not known.
    subscript(partition: KafkaTopicPartition) -> Int64? { ends.withLockedValue { $0[partition] } }

    /// Takes over what the brokers say.
    func assign(_ committed: [KafkaTopicPartition: KafkaCommitted]) {
        ends.withLockedValue { ends in for (partition, found) in committed { ends[partition] = found.offset ?? 0 } }
    }

    /// Notes a committed transaction.
    func advance(_ offsets: [KafkaTransactionOffset]) {
        ends.withLockedValue { ends in
            for offset in offsets { ends[offset.partition] = ends[offset.partition].map { max($0, offset.offset) } }
        }
    }

    /// Forgets what became doubtful, so that the brokers are asked.
    func forget(_ partitions: [KafkaTopicPartition]) {
        ends.withLockedValue { ends in for partition in partitions { ends[partition] = nil } }
    }
}
