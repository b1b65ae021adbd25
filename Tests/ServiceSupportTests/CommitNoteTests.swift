import Kafka
import Logging
import Redis
import Stores
import TestSupport
import Testing

@testable import ServiceSupport

@Suite("What is committed with an offset", .timeLimit(.minutes(1)))
struct CommitNoteTests {
    private let partition = KafkaTopicPartition(topic: "t", partition: 0)

    @Test func `a note says where reading starts`() {
        let plain = CommitNote(identity: "a:b", rewindOffset: 7)
        #expect(plain.text == "a:b:7")
        #expect(CommitNote(plain.text) == plain)
        #expect(plain.start(in: "a:b") == nil)
        #expect(plain.start(in: "other") == 7)

        let transactional = CommitNote(identity: "a", rewindOffset: 7, stateOffset: 9)
        #expect(CommitNote(transactional.text) == transactional)
        #expect(transactional.start(in: "a") == 9)
        #expect(transactional.start(in: "other") == 7)
        for text in ["", "a", "a:", "a:b", "a:1+", "a:1+2+3", "a:+"] { #expect(CommitNote(text) == nil) }
    }

    @Test func `reading starts where the state is written, and losses above the committed offset stay visible`()
        async throws
    {
        try await withRedisClient { redis in
            let keys = KeySpace(prefix: "test-\(UInt64.random(in: .min ... .max)):")
            let checkpoint = ConsumerCheckpoint(
                redis: redis,
                progress: ProgressStore(redis: redis, keys: keys, group: "g"),
                generations: ["t": 1],
                logger: Logger(label: "test")
            )
            let id = try await redis.identity().token
            func start(_ text: String?, offset: Int64, low: Int64) async throws -> Int64? {
                try await checkpoint.assigned([
                    partition: KafkaCommitted(offset: offset, metadata: text, low: low, high: 100)
                ])[partition]
            }
            #expect(try await start("\(id):5", offset: 50, low: 0) == nil)
            #expect(try await start("\(id):5+40", offset: 50, low: 0) == 40)
            #expect(try await start("other:5+40", offset: 50, low: 0) == 5)
            // Retention has deleted what was processed, and then what was not.
            #expect(try await start("other:5+40", offset: 50, low: 30) == 30)
            #expect(try await start("other:5+40", offset: 50, low: 60) == 50)
            #expect(checkpoint.metadata(for: partition, stateOffset: 44) == "\(id):50+44")
        }
    }

    @Test func `losses stand in Redis until they are acknowledged`() async throws {
        try await withRedisClient { redis in
            let keys = KeySpace(prefix: "test-\(UInt64.random(in: .min ... .max)):")
            let store = LossStore(redis: redis, keys: keys, group: "g")
            #expect(try await store.losses().isEmpty)
            try await store.add(["t[0]": 3, "t[1]": 4])
            try await store.add(["t[0]": 2])
            #expect(try await LossStore(redis: redis, keys: keys, group: "other").losses().isEmpty)
            #expect(try await store.acknowledge() == ["t[0]": 5, "t[1]": 4])
            #expect(try await store.losses().isEmpty)
        }
    }
}
