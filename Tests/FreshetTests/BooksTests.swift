import Events
import Kafka
import Logging
import Redis
import ServiceSupport
import Sessions
import Stores
import TestSupport
import Testing

@testable import Freshet

@Suite("Books", .timeLimit(.minutes(1)), .enabled(if: !usesRealBroker))
struct BooksTests {
    @Test func `records equal processed, duplicates and distinct rejected coordinates`() async throws {
        try await withPrivateRedis { server in
            let broker = try EmbeddedBroker()
            defer { broker.close() }
            let settings = try ToolSettings(
                from: SettingsReader(flags: [
                    "kafka.bootstrap.servers": broker.bootstrapServers, "topics.partitions": "2",
                ])
            )
            for topic in TopicLayout(settings.topics).specifications() {
                try broker.createTopic(topic.name, partitions: topic.partitions)
            }
            let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let producer = try KafkaProducer(settings: settings.kafka.client, mode: .pipeline, logger: quiet)
            let clicks = settings.topics.events(.clicks)
            for _ in 0..<5 { _ = try await producer.send(KafkaOutgoingMessage(topic: clicks, key: [1], value: [1])) }
            let source = SourceCoordinates(generation: 1, topic: .clicks, partition: 0, offset: 3)
            for stage in [EventHeaders.Stage.streamProcessor, .streamProcessor, .profileUpdater, .collector] {
                let headers = EventHeaders(source: stage == .collector ? nil : source, stage: stage)
                let message = KafkaOutgoingMessage(
                    topic: settings.topics.rejected,
                    key: [1],
                    value: [1],
                    headers: headers.pairs.map { KafkaHeader($0.name, $0.text) }
                )
                _ = try await producer.send(message)
            }
            await producer.close()

            let redis = RedisClient(url: try server.url, options: RedisClient.Options(), logger: quiet)
            try await ToolSettings.waitUntilConnected(redis)
            let states = RedisStreamStateStore(redis: redis)
            var state = StreamState()
            state.processed = 3
            state.duplicates = 1
            _ = try await states.compareAndSet([FencedWrite(user: UserKey(userID: "u"), expected: nil, state: state)])

            let books = try await BookKeeper(settings: settings).read(states: states)
            #expect(books.records == 5)
            #expect((books.processed, books.duplicates, books.rejected) == (3, 1, 1))
            #expect((books.rejectedLater, books.refused, books.rejectedAgain) == (1, 1, 1))
            #expect(books.balance)
            await redis.close()
        }
    }
}
