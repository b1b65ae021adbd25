import Events
import Foundation
import Kafka
import ServiceSupport
import Threading

/// Reads `activity` up to where it ended at the start, a partition after the other, and writes it as CSV by day.
struct ActivityExport: Sendable {
    /// What was written, and what was not.
    struct Outcome: Sendable, Equatable {
        var rows = 0
        var files = 0
        /// Second copies of what is there already.
        var copies = 0
        /// Of days that were not wanted.
        var outside = 0
        /// Records that are no activities.
        var unreadable = 0
    }

    let settings: ToolSettings
    let folder: ExportFolder
    let days: ClosedRange<ExportDay>?

    /// Exports into the folder, which has been prepared; `progress` is told how many records were read, and of how many.
    func run(progress: (_ read: Int, _ of: Int) -> Void) async throws -> Outcome {
        let topic = settings.topics.activity
        let admin = KafkaAdmin(settings: settings.kafka.client, logger: ToolSettings.logger)
        guard let found = try await admin.metadata().topics[topic] else { throw Complaint("no topic \(topic)") }
        let marks = try await marks(topic)
        let total = marks.values.reduce(0) { $0 + Int($1.high - $1.low) }
        var outcome = Outcome()
        var done = 0
        for partition in 0..<Int32(clamping: found.partitionCount) {
            guard let mark = marks[KafkaTopicPartition(topic: topic, partition: partition)], mark.low < mark.high else {
                continue
            }
            try await export(topic, partition, mark, into: &outcome) {
                if done + $0 < total { progress(done + $0, total) }
            }
            done += Int(mark.high - mark.low)
        }
        progress(total, total)
        try await blocking { [folder] in try folder.finish() }
        return outcome
    }

    private func marks(_ topic: String) async throws -> [KafkaTopicPartition: (low: Int64, high: Int64)] {
        try await withReader(topic, partitions: nil, from: .end) { try await $0.watermarks() }
    }

    private func export(
        _ topic: String,
        _ partition: Int32,
        _ mark: (low: Int64, high: Int64),
        into outcome: inout Outcome,
        progress: (Int) -> Void
    ) async throws {
        let name = KafkaTopicPartition(topic: topic, partition: partition)
        var first = FirstCopies()
        var files = DayFiles(folder: folder.url, partition: partition)
        var counts = outcome
        try await withReader(topic, partitions: [partition], from: .beginning) { reader in
            while (reader.positions[name] ?? mark.low) < mark.high, let batch = try await reader.nextBatch() {
                let lines = lines(batch.filter { $0.offset < mark.high }, &first, &counts)
                if !lines.isEmpty {
                    files = try await blocking { [files] in
                        var files = files
                        for (day, lines) in lines { try files.append(lines, to: day) }
                        return files
                    }
                }
                progress(Int(min(mark.high, reader.positions[name] ?? mark.low) - mark.low))
            }
        }
        counts.files += files.count
        try await blocking { [files] in
            var files = files
            try files.finish()
        }
        outcome = counts
    }

    /// The lines of a batch by day.
    private func lines(
        _ batch: [KafkaMessage],
        _ first: inout FirstCopies,
        _ outcome: inout Outcome
    ) -> [ExportDay: [UInt8]] {
        var lines: [ExportDay: [UInt8]] = [:]
        for message in batch {
            guard let value = message.value, let header = message.header(EventHeaders.Name.source),
                let source = SourceCoordinates(utf8: header),
                let activity = try? ActivityCodec.decodeFacts(value, source: source)
            else {
                outcome.unreadable += 1
                continue
            }
            guard first.isFirst(activity) else {
                outcome.copies += 1
                continue
            }
            let day = ExportDay(of: activity.effectiveTime)
            guard days?.contains(day) ?? true else {
                outcome.outside += 1
                continue
            }
            lines[day, default: []] += ActivityTable.line(activity)
            outcome.rows += 1
        }
        return lines
    }

    private func withReader<Result>(
        _ topic: String,
        partitions: Set<Int32>?,
        from start: KafkaReader.Start,
        _ body: (KafkaReader) async throws -> Result
    ) async throws -> Result {
        let reader = try await KafkaReader(
            settings: settings.kafka.client,
            topics: [topic],
            partitions: partitions,
            from: start,
            maxBatch: 5000,
            logger: ToolSettings.logger
        )
        do {
            let result = try await body(reader)
            await reader.close()
            return result
        } catch {
            await reader.close()
            throw error
        }
    }

    private func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await DedicatedThread.run { Result { try body() } }.get()
    }
}
