import Kafka
import Logging
import TestSupport
import Testing

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

@Suite("Producer and reader", .timeLimit(.minutes(2)))
struct RoundTripTests {
    @Test func `keys, headers, tombstones and empty values arrive as they were sent`() async throws {
        try await withBroker(topics: ["events": 4]) { settings, names in
            let producer = try KafkaProducer(settings: settings, mode: .pipeline, logger: quiet)
            try await producer.warmUp(topics: [names["events"]])
            let sent: [KafkaOutgoingMessage] = [
                KafkaOutgoingMessage(
                    topic: names["events"],
                    key: Array("u42".utf8),
                    value: Array("body".utf8),
                    headers: [KafkaHeader("event-id", "e1"), KafkaHeader("empty", ""), KafkaHeader("event-id", "e2")]
                ),
                KafkaOutgoingMessage(topic: names["events"], key: Array("u42".utf8), value: nil),
                KafkaOutgoingMessage(topic: names["events"], key: Array("u42".utf8), value: []),
                KafkaOutgoingMessage(topic: names["events"], key: nil, value: Array("no key".utf8)),
            ]
            let deliveries = try await producer.send(sent).map { try $0.get() }
            #expect(Set(deliveries.prefix(3).map(\.partition)).count == 1)
            #expect(deliveries.prefix(3).map(\.offset) == [0, 1, 2])

            let reader = try await KafkaReader(
                settings: settings,
                topics: [names["events"]],
                from: .beginning,
                logger: quiet
            )
            var read: [KafkaMessage] = []
            while read.count < sent.count { read += try await reader.nextBatch() ?? [] }
            let keyed = read.filter { $0.key != nil }.sorted { $0.offset < $1.offset }
            #expect(keyed.map(\.value) == [Array("body".utf8), nil, []])
            #expect(keyed.first?.headers == sent[0].headers)
            #expect(keyed.first?.header("event-id") == Array("e2".utf8))
            #expect(read.first { $0.key == nil }?.value == Array("no key".utf8))
            #expect(try await reader.nextBatch() == nil || reader.positions.count == 4)
            let high = try await reader.watermarks().values.reduce(0) { $0 + $1.high }
            #expect(high == 4)
            await reader.close()
            #expect(try await reader.nextBatch() == nil)
            #expect(producer.metrics.delivered == 4)
            await producer.close(timeout: .seconds(5))
            let error = await #expect(throws: KafkaError.self) { try await producer.send(sent[0]) }
            #expect(error?.code == .closed)
        }
    }

    /// Java takes `(murmur2(key) & 0x7fffffff) % partitions`.
    @Test(arguments: ["u1", "user-42", "~a-7", "610", "a", "ab", "abc", "é"])
    func `the partitioner agrees with Java's`(key: String) async throws {
        try await withBroker(topics: ["events": 12]) { settings, names in
            let producer = try KafkaProducer(settings: settings, mode: .pipeline, logger: quiet)
            let delivery = try await producer.send(
                KafkaOutgoingMessage(topic: names["events"], key: Array(key.utf8), value: [])
            )
            #expect(delivery.partition == Int32(murmur2(Array(key.utf8)) & 0x7fff_ffff) % 12)
            await producer.close()
        }
    }

    @Test func `the test's own murmur2 gives the values that Kafka's tests list`() {
        #expect(Int32(bitPattern: murmur2(Array("21".utf8))) == -973_932_308)
        #expect(Int32(bitPattern: murmur2(Array("foobar".utf8))) == -790_332_482)
        #expect(Int32(bitPattern: murmur2(Array("a-little-bit-long-string".utf8))) == -985_981_536)
        #expect(
            Int32(bitPattern: murmur2(Array("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8".utf8))) == -58_897_971
        )
    }

    @Test func `a misspelt setting is refused`() {
        let settings = KafkaClientSettings(bootstrapServers: "localhost:1", properties: ["linger.sm": "1"])
        let error = #expect(throws: KafkaError.self) {
            _ = try KafkaProducer(settings: settings, mode: .interactive, logger: quiet)
        }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.contains("linger.sm") == true)
    }

    @Test func `positions never run ahead of the batches that were handed over`() async throws {
        try await withBroker(topics: ["events": 3]) { settings, names in
            let producer = try KafkaProducer(settings: settings, mode: .pipeline, logger: quiet)
            let topic = names["events"]
            let messages = (0..<100).map { KafkaOutgoingMessage(topic: topic, key: Array("\($0)".utf8), value: []) }
            for result in await producer.send(messages) { _ = try result.get() }
            let reader = try await KafkaReader(settings: settings, topics: [topic], from: .beginning, logger: quiet)
            // The reader's thread has long read everything.
            try await Task.sleep(for: .milliseconds(300))
            #expect(reader.positions.values.reduce(0, +) == 0)
            var count = 0
            while let batch = try await reader.nextBatch(), !batch.isEmpty {
                count += batch.count
                #expect(reader.positions.values.reduce(0, +) <= 100)
            }
            #expect(count == 100)
            #expect(reader.positions.values.reduce(0, +) == 100)
            await reader.close()
            await producer.close()
        }
    }

    @Test func `an unknown topic is a typed error and creates nothing`() async throws {
        try await withBroker(topics: ["events": 1]) { settings, names in
            let producer = try KafkaProducer(settings: settings, mode: .interactive, logger: quiet)
            let error = await #expect(throws: KafkaError.self) {
                try await producer.warmUp(topics: [names["missing"]], timeout: .milliseconds(300))
            }
            #expect(error?.code == .unknownTopic)
            let metadata = try await KafkaAdmin(settings: settings).metadata()
            #expect(metadata.topics[names["missing"]] == nil)
            #expect(metadata.topics[names["events"]]?.partitionCount == 1)
            await producer.close()
        }
    }

    @Test func `a message over the size limit fails alone`() async throws {
        try await withBroker(topics: ["events": 1]) { settings, names in
            let producer = try KafkaProducer(settings: settings, mode: .pipeline, logger: quiet)
            let results = await producer.send(
                [10, 2_000_000, 10].map {
                    KafkaOutgoingMessage(topic: names["events"], key: [1], value: Array(repeating: 0, count: $0))
                }
            )
            #expect(results.map { (try? $0.get()) != nil } == [true, false, true])
            #expect(throws: KafkaError.self) { try results[1].get() }
            if case .failure(let error) = results[1] { #expect(error.code == .messageTooLarge) }
            await producer.close()
        }
    }
}

/// The hash of Java's client, written from its definition (MurmurHash2, 32 bits, seed 0x9747b28c).
func murmur2(_ bytes: [UInt8]) -> UInt32 {
    let multiplier: UInt32 = 0x5bd1_e995
    var hash = 0x9747_b28c ^ UInt32(bytes.count)
    var index = 0
    while index + 4 <= bytes.count {
        var word = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[index + $1]) << UInt32(8 * $1) }
        word = word &* multiplier
        word ^= word >> 24
        hash = (hash &* multiplier) ^ (word &* multiplier)
        index += 4
    }
    if index < bytes.count {
        for rest in index..<bytes.count { hash ^= UInt32(bytes[rest]) << UInt32(8 * (rest - index)) }
        hash = hash &* multiplier
    }
    hash ^= hash >> 13
    hash = hash &* multiplier
    return hash ^ (hash >> 15)
}
