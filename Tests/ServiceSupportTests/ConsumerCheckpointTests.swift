import Kafka
import Logging
import NIOConcurrencyHelpers
import Redis
import Stores
import TestSupport
import Testing

@testable import ServiceSupport

/// Where reading goes on after an assignment, against a real Redis that is restarted in between.
@Suite(.timeLimit(.minutes(1))) struct ConsumerCheckpointTests {
    private static let busy = KafkaTopicPartition(topic: "t", partition: 0)
    private static let quiet = KafkaTopicPartition(topic: "t", partition: 1)

    @Test func `in the same Redis reading goes on, in another one it goes back to where the commit says`() async throws
    {
        try await withPrivateRedis { server in
            let rewinds = Warnings()
            let first = try await Self.assign(Self.committed(notes: [:]), on: server, rewinds)
            #expect(first.starts.isEmpty)
            // What the next commits carry: the offsets that reading began at.
            let notes = first.notes
            #expect(notes[Self.busy]?.hasSuffix(":100") == true)

            let same = try await Self.assign(Self.committed(notes: notes, busy: 140), on: server, rewinds)
            #expect(same.starts.isEmpty)
            #expect(rewinds.count == 0)

            try await server.restart()
            let other = try await Self.assign(Self.committed(notes: notes, busy: 140), on: server, rewinds)
            #expect(other.starts == [Self.busy: 100, Self.quiet: 7])
            #expect(rewinds.partitions == ["1"])
        }
    }

    @Test func `partitions without anything to read again tell nothing`() async throws {
        try await withPrivateRedis { server in
            let rewinds = Warnings()
            let notes = try await Self.assign(Self.committed(notes: [:]), on: server, rewinds).notes
            try await server.restart()
            let other = try await Self.assign(Self.committed(notes: notes), on: server, rewinds)
            #expect(other.starts == [Self.busy: 100, Self.quiet: 7])
            #expect(rewinds.count == 0)
        }
    }

    @Test func `what retention has deleted below the committed offset is not gone back to`() async throws {
        try await withPrivateRedis { server in
            let notes = try await Self.assign(Self.committed(notes: [:]), on: server, Warnings()).notes
            try await server.restart()
            let other = try await Self.assign(Self.committed(notes: notes, busy: 140, low: 120), on: server, Warnings())
            #expect(other.starts[Self.busy] == 120)
        }
    }

    private static func committed(
        notes: [KafkaTopicPartition: String],
        busy offset: Int64 = 100,
        low: Int64 = 0
    ) -> [KafkaTopicPartition: KafkaCommitted] {
        var found = [busy: KafkaCommitted(offset: offset), quiet: KafkaCommitted(offset: 7)]
        for (partition, note) in notes { found[partition]?.metadata = note }
        found[busy]?.low = low
        found[busy]?.high = 200
        return found
    }

    /// Assigns both partitions to a new process; answers where it starts and what it would commit first.
    private static func assign(
        _ committed: [KafkaTopicPartition: KafkaCommitted],
        on server: RedisServer,
        _ warnings: Warnings
    ) async throws -> (starts: [KafkaTopicPartition: Int64], notes: [KafkaTopicPartition: String]) {
        let redis = RedisClient(url: try server.url, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let checkpoint = ConsumerCheckpoint(
            redis: redis,
            progress: ProgressStore(redis: redis, group: "g"),
            generations: ["t": 1],
            logger: Logger(label: "test") { _ in warnings }
        )
        // The first look at a server may come before the connection does.
        let starts = try await retrying { try await checkpoint.assigned(committed) }
        let notes = committed.keys.compactMap { partition in checkpoint.metadata(for: partition).map { (partition, $0) }
        }
        await redis.close()
        return (starts, Dictionary(uniqueKeysWithValues: notes))
    }
}

/// Keeps how many partitions each warning names.
private struct Warnings: LogHandler {
    private let lines = NIOLockedValueBox<[String]>([])
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.warning

    var partitions: [String] { lines.withLockedValue { $0 } }
    var count: Int { partitions.count }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        lines.withLockedValue { $0.append(event.metadata?["kafka.partitions"]?.description ?? "?") }
    }
}
