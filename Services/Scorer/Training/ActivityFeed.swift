import Kafka
import Logging
import NIOConcurrencyHelpers

/// Reads all of `activity` into the matrix, without a group.
struct ActivityFeed: Sendable {
    let settings: KafkaClientSettings
    let topic: String
    let keeper: MatrixKeeper
    let logger: Logger
    /// Set once everything that was there at the start has been read.
    let isCaughtUp = NIOLockedValueBox(false)

    /// Reads until cancelled; throws when the broker's client cannot go on.
    func run() async throws {
        let offsets = await keeper.offsets
        var start: [KafkaTopicPartition: Int64] = [:]
        for (partition, offset) in offsets { start[KafkaTopicPartition(topic: topic, partition: partition)] = offset }
        let reader = try await KafkaReader(settings: settings, topics: [topic], from: .offsets(start), logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await read(reader) }
            // Cancellation does not wake a reader that waits for messages; closing it does.
            tasks.addTask {
                while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
                await reader.close()
            }
            defer { tasks.cancelAll() }
            try await tasks.next()
        }
    }

    private func read(_ reader: KafkaReader) async throws {
        let ends = try await reader.watermarks().mapValues(\.high)
        while let batch = try await reader.nextBatch() {
            await keeper.apply(batch)
            let positions = reader.positions
            if batch.isEmpty || ends.allSatisfy({ (positions[$0.key] ?? 0) >= $0.value }) {
                isCaughtUp.withLockedValue { $0 = true }
            }
        }
    }
}
