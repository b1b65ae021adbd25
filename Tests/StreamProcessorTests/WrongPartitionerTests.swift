import Events
import Kafka
import Logging
import Redis
import ServiceSupport
import Stores
import TestSupport
import Testing

@testable import StreamProcessor

/// A producer that spreads users otherwise than everybody else, as librdkafka does unless it is told.
@Suite(.timeLimit(.minutes(2))) struct WrongPartitionerTests {
    private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private let users = (0..<40).map { "u\($0)" }

    @Test func `what stands on another partition than its user's is rejected, and nothing is lost`() async throws {
        try await withProcessor(partitions: 4) { processor in
            var other = processor.kafka
            other.properties["partitioner"] = "consistent_random"
            for kafka in [processor.kafka, other] {
                let producer = try KafkaProducer(settings: kafka, mode: .pipeline, logger: quiet)
                for report in await producer.send(users.map { processor.view(by: $0) }) { _ = try report.get() }
                await producer.close()
            }
            try await processor.run {
                try await untilTrue(within: .seconds(40)) {
                    let count = try await processor.records(processor.topics.activity).count
                    return try await count + processor.records(processor.topics.rejected).count == 2 * users.count
                }
            }
            let activity = try await processor.records(processor.topics.activity)
            #expect(activity.allSatisfy { $0.partition == Murmur2.partition(forKey: $0.key ?? [], count: 4) })
            #expect(Set(activity.map(\.key)) == Set(users.map { Array($0.utf8) }))
            let rejected = try await processor.records(processor.topics.rejected)
            let reasons = Set(
                rejected.map { $0.header(EventHeaders.Name.reason).map { String(decoding: $0, as: UTF8.self) } }
            )
            #expect(reasons == ["wrong-partition"])
            // By chance some of the other producer's events stand where they belong, and count.
            #expect(rejected.count > users.count / 2)
            let metric = #"stream_processor_rejected_total{reason="wrong-partition"} \#(rejected.count)"#
            #expect(processor.context.metrics.render().contains(metric))
        }
    }

    @Test func `topics with another number of partitions than the settings say stop the service`() async throws {
        try await withProcessor(partitions: 4, expecting: 12) { processor in
            await #expect(throws: KafkaConsumptionRefused.self) {
                try await StreamProcessorService.run(processor.settings, context: processor.context)
            }
        }
    }

    private func withProcessor(
        partitions: Int,
        expecting expected: Int? = nil,
        _ body: (RunningProcessor) async throws -> Void
    ) async throws {
        try await withRedis { url in
            try await withBroker(topics: [:]) { kafka, broker in
                let prefix = broker.group("partitioner") + "."
                var flags = [
                    "kafka.bootstrap.servers": kafka.bootstrapServers, "redis.url": url.text,
                    "topics.prefix": prefix, "redis.key.prefix": prefix, "kafka.group": prefix + "group",
                    "topics.partitions": "\(expected ?? partitions)",
                ]
                for (name, value) in kafka.properties { flags["kafka.properties.\(name)"] = value }
                let settings = try StreamProcessorSettings(from: SettingsReader(flags: flags))
                let topics = settings.topics
                let consumed = topics.allEvents + [topics.catalogItems]
                let names = consumed + [topics.activity, topics.rejected]
                let admin = KafkaAdmin(settings: kafka, logger: quiet)
                if let embedded = broker.embedded {
                    for name in names { try embedded.createTopic(name, partitions: partitions) }
                } else {
                    try await admin.createTopics(names.map { TopicSpecification(name: $0, partitions: partitions) })
                }
                let redis = RedisClient(url: url, logger: quiet)
                try await TopicGenerations(redis: redis, keys: settings.keys)
                    .mintMissing(consumed, clusterID: try await admin.clusterID())
                await redis.close()
                let context = ServiceContext(name: "stream-processor", logger: quiet)
                try await body(RunningProcessor(kafka: kafka, settings: settings, context: context))
            }
        }
    }
}

/// A stream-processor within the test, and the topics that it reads and writes.
private struct RunningProcessor: Sendable {
    let kafka: KafkaClientSettings
    let settings: StreamProcessorSettings
    let context: ServiceContext

    var topics: TopicNames { settings.topics }

    func run(while body: () async throws -> Void) async throws {
        let running = Task { [settings, context] in
            try await StreamProcessorService.run(settings, context: context)
        }
        let result: Result<Void, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        running.cancel()
        _ = await running.result
        try result.get()
    }

    /// An event that is new each time.
    func view(by user: String) -> KafkaOutgoingMessage {
        let id = String(UInt64.random(in: 0 ... .max), radix: 36)
        let json = #"{"eventId":"\#(id)","type":"view","userId":"\#(user)","itemId":"i","timestamp":1700000000000}"#
        return KafkaOutgoingMessage(topic: topics.events(.views), key: Array(user.utf8), value: Array(json.utf8))
    }

    func records(_ topic: String) async throws -> [KafkaMessage] {
        let reader = try await KafkaReader(
            settings: kafka,
            topics: [topic],
            from: .beginning,
            logger: context.logger
        )
        var records: [KafkaMessage] = []
        while let batch = try await reader.nextBatch(), !batch.isEmpty { records += batch }
        await reader.close()
        return records
    }
}
