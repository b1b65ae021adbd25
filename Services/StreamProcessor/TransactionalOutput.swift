import Kafka
import ServiceSupport

/// Produces the records of a batch and commits its offsets in one transaction: each source record once.
///
/// What lies below the group's committed offset has been emitted, and nothing else has. Reading begins where the *state*
/// is known to be written, which may be further back; what is read there only changes the state.
struct TransactionalOutput: EventOutput {
    /// Sends records and offsets in one transaction.
    typealias Transact =
        @Sendable ([KafkaOutgoingMessage], [KafkaTransactionOffset]) async throws(KafkaTransactionError) -> Void
    /// Asks the brokers what the group has committed.
    typealias AskCommitted = @Sendable ([KafkaTopicPartition]) async throws -> [KafkaTopicPartition: KafkaCommitted]

    let emitted: EmittedOffsets
    let transact: Transact
    let askCommitted: AskCommitted
    /// The text to commit with a partition's offset, given up to where its state is written.
    let note: @Sendable (KafkaTopicPartition, Int64) -> String?

    func emit(_ records: [EmittedRecord], of batch: [KafkaMessage]) async throws {
        let ranges = Self.ranges(of: batch)
        let ends = try await ends(of: Array(ranges.keys))
        let offsets = ranges.filter { $0.value.upperBound > ends[$0.key] ?? 0 }.map { partition, range in
            // The lane has finished all that lies before this batch, so the state is written up to its beginning.
            KafkaTransactionOffset(
                partition,
                offset: range.upperBound,
                metadata: note(partition, range.lowerBound)
            )
        }
        guard !offsets.isEmpty else { return }
        let new = records.filter { $0.source.offset >= ends[$0.source.topicPartition] ?? 0 }
        do throws(KafkaTransactionError) {
            try await transact(new.map(\.message), offsets)
        } catch {
            // Aborted is aborted; but the brokers' word is cheap, and two copies are not.
            emitted.forget(offsets.map(\.partition))
            guard error.kind == .fatal else { throw error }
            throw KafkaConsumptionRefused(
                "the transactional producer was fenced off: this process was held up past transaction.timeout.ms, or "
                    + "another one uses its transactional id; it has to start anew (\(error.message))"
            )
        }
        emitted.advance(offsets)
    }

    private func ends(of partitions: [KafkaTopicPartition]) async throws -> [KafkaTopicPartition: Int64] {
        let unknown = partitions.filter { emitted[$0] == nil }
        if !unknown.isEmpty { emitted.assign(try await askCommitted(unknown)) }
        return Dictionary(uniqueKeysWithValues: partitions.map { ($0, emitted[$0] ?? 0) })
    }

    /// The offsets of a batch per partition, from its first to the one after its last.
    private static func ranges(of batch: [KafkaMessage]) -> [KafkaTopicPartition: Range<Int64>] {
        var ranges: [KafkaTopicPartition: Range<Int64>] = [:]
        for record in batch {
            let known = ranges[record.topicPartition]
            ranges[record.topicPartition] =
                min(
                    known?.lowerBound ?? record.offset,
                    record.offset
                )..<max(
                    known?.upperBound ?? 0,
                    record.offset + 1
                )
        }
        return ranges
    }
}
