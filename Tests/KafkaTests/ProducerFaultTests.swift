import Kafka
import TestSupport
import Testing

@testable import Kafka

@Suite("Producer under faults", .timeLimit(.minutes(2)), .enabled(if: !usesRealBroker))
struct ProducerFaultTests {
    @Test func `a full queue answers at once in interactive mode`() async throws {
        try await withBroker(topics: ["events": 1]) { settings, names in
            var settings = settings
            settings.properties["queue.buffering.max.messages"] = "10"
            settings.properties["message.timeout.ms"] = "3000"
            let producer = try KafkaProducer(settings: settings, mode: .interactive, logger: quiet)
            try await producer.warmUp(topics: [names["events"]])
            try names.embedded?.setBrokerDown()
            let topic = names["events"]
            let results = await producer.send(
                (0..<20).map { KafkaOutgoingMessage(topic: topic, key: [1], value: [UInt8($0)]) }
            )
            let codes = results.map { result in
                if case .failure(let error) = result { error.code } else { KafkaError.Code?.none }
            }
            #expect(codes.prefix(10).allSatisfy { $0 == .timedOut })
            #expect(codes.suffix(10).allSatisfy { $0 == .queueFull })
            #expect(results.count == 20)
            await producer.close(timeout: .milliseconds(100))
        }
    }

    @Test func `a pipeline loses nothing and keeps the order while the broker is away`() async throws {
        try await withBroker(topics: ["events": 1]) { settings, names in
            var settings = settings
            settings.properties["queue.buffering.max.messages"] = "50"
            let producer = try KafkaProducer(settings: settings, mode: .pipeline, logger: quiet)
            try await producer.warmUp(topics: [names["events"]])
            try names.embedded?.setBrokerDown()
            let topic = names["events"]
            async let results = producer.send(
                (0..<300).map { KafkaOutgoingMessage(topic: topic, key: [1], value: Array("\($0)".utf8)) }
            )
            try await Task.sleep(for: .seconds(2))
            try names.embedded?.setBrokerUp()
            let offsets = try await results.map { try $0.get().offset }
            #expect(offsets == Array(0..<300))
            let read = try await readAll(settings, topic: topic)
            #expect(read.map { String(decoding: $0.value ?? [], as: UTF8.self) } == (0..<300).map(String.init))
            await producer.close()
        }
    }

    @Test func `after a fatal error a new client takes over`() async throws {
        try await withBroker(topics: ["events": 1]) { settings, names in
            let producer = try KafkaProducer(settings: settings, mode: .pipeline, logger: quiet)
            let message = KafkaOutgoingMessage(topic: names["events"], key: [1], value: [1])
            _ = try await producer.send(message)
            producer.failForGood()
            let isSentAgain = await eventually {
                guard producer.metrics.replacements == 1 else {
                    _ = await producer.send([message])
                    return false
                }
                return (try? await producer.send(message).offset) ?? 0 > 0
            }
            #expect(isSentAgain)
            await producer.close()
        }
    }

    @Test func `closing reports what could not be delivered`() async throws {
        try await withBroker(topics: ["events": 1]) { settings, names in
            let producer = try KafkaProducer(settings: settings, mode: .pipeline, logger: quiet)
            try await producer.warmUp(topics: [names["events"]])
            try names.embedded?.setBrokerDown()
            let message = KafkaOutgoingMessage(topic: names["events"], key: [1], value: [1])
            async let result = producer.send([message])
            try await Task.sleep(for: .milliseconds(200))
            await producer.close(timeout: .milliseconds(200))
            let outcome = await result[0]
            #expect(throws: KafkaError.self) { try outcome.get() }
        }
    }
}

/// Every message of a topic, up to its end.
func readAll(_ settings: KafkaClientSettings, topic: String) async throws -> [KafkaMessage] {
    let reader = try await KafkaReader(settings: settings, topics: [topic], from: .beginning, logger: quiet)
    var read: [KafkaMessage] = []
    while let batch = try await reader.nextBatch(), !batch.isEmpty { read += batch }
    await reader.close()
    return read
}
