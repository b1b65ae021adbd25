import Logging
import TestSupport
import Testing

@testable import Kafka

/// What can be seen of transactions on the embedded broker.
///
/// It answers the requests, but neither isolates a transaction nor keeps its offsets: ``RealTransactionTests`` needs a cluster.
@Suite("Transactions, as far as the embedded broker goes", .timeLimit(.minutes(2)), .enabled(if: !usesRealBroker))
struct TransactionTests {
    private static let notCoordinator: Int32 = 16
    private static let illegalGeneration: Int32 = 22
    private static let producerFenced: Int32 = 90

    @Test func `messages and offsets go in one transaction, and callers who wait share the next`() async throws {
        try await withTransactions { producer, topic, membership in
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for number in 0..<40 {
                    tasks.addTask {
                        try await producer.send([message(topic, number)], offsets: [offset(number)], as: membership)
                    }
                }
                try await tasks.waitForAll()
            }
            #expect(producer.metrics.messages == 40)
            #expect(producer.metrics.committed < 40)
            #expect(producer.metrics.aborted == 0)
        }
    }

    @Test func `a retriable error is tried again within the transaction`() async throws {
        try await withTransactions { producer, topic, membership, broker in
            for request: EmbeddedBroker.Request in [
                .addPartitionsToTransaction, .addOffsetsToTransaction, .transactionOffsetCommit, .endTransaction,
            ] {
                broker.pushErrors([Self.notCoordinator], for: request)
                try await producer.send([message(topic, 1)], offsets: [offset(1)], as: membership)
            }
            #expect(producer.metrics == .init(committed: 4, aborted: 0, messages: 4))
        }
    }

    @Test func `a member of a generation that is over has its transaction aborted, and the next one may succeed`()
        async throws
    {
        try await withTransactions { producer, topic, membership, broker in
            broker.pushErrors([Self.illegalGeneration], for: .transactionOffsetCommit)
            let error = await #expect(throws: KafkaTransactionError.self) {
                try await producer.send([message(topic, 1)], offsets: [offset(1)], as: membership)
            }
            #expect(error?.kind == .aborted)
            try await producer.send([message(topic, 1)], offsets: [offset(1)], as: membership)
            #expect(producer.metrics == .init(committed: 1, aborted: 1, messages: 1))
        }
    }

    @Test func `a producer that was fenced off never commits again`() async throws {
        try await withTransactions { producer, topic, membership, broker in
            broker.pushErrors([Self.producerFenced], for: .endTransaction)
            for _ in 0..<2 {
                let error = await #expect(throws: KafkaTransactionError.self) {
                    try await producer.send([message(topic, 1)], offsets: [offset(1)], as: membership)
                }
                #expect(error?.kind == .fatal)
            }
            #expect(producer.metrics.committed == 0)
        }
    }

    @Test func `a part that can never be sent does not hold back those that share its transaction`() async throws {
        try await withTransactions { producer, topic, membership in
            let large = KafkaOutgoingMessage(topic: topic, key: [1], value: Array(repeating: 0, count: 2_000_000))
            await withTaskGroup(of: Bool.self) { tasks in
                for number in 0..<10 {
                    tasks.addTask {
                        let messages = number == 5 ? [large] : [message(topic, number)]
                        do {
                            try await producer.send(messages, offsets: [offset(number)], as: membership)
                            return true
                        } catch {
                            return false
                        }
                    }
                }
                #expect(await tasks.reduce(into: 0) { $0 += $1 ? 1 : 0 } == 9)
            }
            #expect(producer.metrics.messages == 9)
        }
    }

    @Test func `closing ends the wait for brokers that are away`() async throws {
        try await withTransactions { producer, topic, membership, broker in
            try await producer.send([message(topic, 1)], offsets: [offset(1)], as: membership)
            try broker.setBrokerDown()
            let outcome = Task { try await producer.send([message(topic, 2)], offsets: [offset(2)], as: membership) }
            await producer.close(timeout: .milliseconds(100))
            await #expect(throws: KafkaTransactionError.self) { try await outcome.value }
        }
    }

    @Test func `a group that commits by transactions knows its membership and commits nothing itself`() async throws {
        try await withBroker(topics: ["events": 2]) { settings, names in
            var options = KafkaConsumerGroup.Options(group: names.group("g"), topics: [names["events"]])
            options.commitsOffsets = false
            let seen = AsyncStream<Int32>.makeStream()
            let group = try KafkaConsumerGroup(
                settings: settings,
                options: options,
                logger: quiet,
                makeTransactionalWorker: { _, membership in
                    seen.continuation.yield(membership?.generation ?? -1)
                    return Idle()
                }
            )
            let producer = try KafkaProducer(settings: settings, mode: .pipeline, logger: quiet)
            for number in 0..<4 { _ = try await producer.send(message(names["events"], number)) }
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                var generations = seen.stream.makeAsyncIterator()
                #expect(try #require(await generations.next()) >= 0)
                #expect(await eventually { group.state.partitions.values.reduce(0) { $0 + $1.processed } == 4 })
                #expect(group.state.membership != nil)
                let partitions = Array(group.state.partitions.keys)
                await group.shutdown()
                let committed = try await KafkaAdmin(settings: settings).committedOffsets(
                    group: names.group("g"),
                    partitions: partitions
                )
                #expect(committed.values.allSatisfy { $0.offset == nil })
                try await tasks.waitForAll()
            }
            await producer.close()
        }
    }

    private struct Idle: KafkaPartitionWorker {
        func process(_ batch: [KafkaMessage]) async throws {}
        func stop() async {}
    }
}

/// What only a real cluster shows.
@Suite(
    "Transactions on a real cluster",
    .timeLimit(.minutes(3)),
    .enabled(if: usesRealBroker, "NOT PROVEN HERE: set KAFKA_BOOTSTRAP_SERVERS to a cluster that isolates transactions")
)
struct RealTransactionTests {
    @Test func `an aborted transaction is invisible, and so are its offsets`() async throws {
        try await withGroup { settings, names, producer, membership, _ in
            let (topic, partition) = (names["out"], KafkaTopicPartition(topic: names["in"], partition: 0))
            let good = KafkaTransactionOffset(partition, offset: 1, metadata: "state:1")
            try await producer.send([message(topic, 1)], offsets: [good], as: membership)
            // The second message cannot be sent, so the first must not be seen either.
            let large = KafkaOutgoingMessage(topic: topic, key: [1], value: Array(repeating: 0, count: 2_000_000))
            let bad = KafkaTransactionOffset(partition, offset: 2)
            let error = await #expect(throws: KafkaTransactionError.self) {
                try await producer.send([message(topic, 2), large], offsets: [bad], as: membership)
            }
            #expect(error?.kind == .aborted)
            let read = try await readAll(settings, topic: topic)
            #expect(read.map(\.value) == [message(topic, 1).value])
            let committed = try await KafkaAdmin(settings: settings).committedOffsets(
                group: names.group("g"),
                partitions: [partition]
            )
            #expect(committed[partition]?.offset == 1)
            #expect(committed[partition]?.metadata == "state:1")
        }
    }

    @Test func `a zombie of an older generation cannot commit`() async throws {
        try await withGroup { settings, names, producer, membership, group in
            let partition = KafkaTopicPartition(topic: names["in"], partition: 0)
            // Another member joins: the generation that the first one knows is over.
            let second = try makeGroup(settings, names) { _ in }
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await second.run() }
                #expect(await eventually(within: .seconds(60)) { second.state.isReady && group.state.isReady })
                let error = await #expect(throws: KafkaTransactionError.self) {
                    try await producer.send(
                        [message(names["out"], 7)],
                        offsets: [KafkaTransactionOffset(partition, offset: 7)],
                        as: membership
                    )
                }
                #expect(error?.kind == .aborted)
                #expect(try await readAll(settings, topic: names["out"]).isEmpty)
                await second.shutdown()
                try await tasks.waitForAll()
            }
        }
    }

    @Test func `a second producer of the same transactional id fences the first one off`() async throws {
        try await withGroup { settings, names, producer, membership, _ in
            let second = try KafkaTransactionalProducer(
                settings: settings,
                transactionalID: names.group("transactions"),
                logger: quiet
            )
            try await second.initialise()
            let offset = KafkaTransactionOffset(KafkaTopicPartition(topic: names["in"], partition: 0), offset: 1)
            let error = await #expect(throws: KafkaTransactionError.self) {
                try await producer.send([message(names["out"], 1)], offsets: [offset], as: membership)
            }
            #expect(error?.kind == .fatal)
            try await second.send([], offsets: [offset], as: membership)
            await second.close()
        }
    }

    private func withGroup(
        _ body: (KafkaClientSettings, TestBroker, KafkaTransactionalProducer, KafkaGroupMembership, KafkaConsumerGroup)
            async throws -> Void
    ) async throws {
        try await withBroker(topics: ["in": 2, "out": 1]) { settings, names in
            let producer = try KafkaTransactionalProducer(
                settings: settings,
                transactionalID: names.group("transactions"),
                logger: quiet
            )
            try await producer.initialise()
            let memberships = AsyncStream<KafkaGroupMembership>.makeStream()
            let group = try makeGroup(settings, names) { memberships.continuation.yield($0) }
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                var known = memberships.stream.makeAsyncIterator()
                try await body(settings, names, producer, try #require(await known.next()), group)
                await group.shutdown()
                try await tasks.waitForAll()
            }
            await producer.close()
        }
    }

    private func makeGroup(
        _ settings: KafkaClientSettings,
        _ names: TestBroker,
        assigned: @escaping @Sendable (KafkaGroupMembership) -> Void
    ) throws -> KafkaConsumerGroup {
        var options = KafkaConsumerGroup.Options(group: names.group("g"), topics: [names["in"]])
        options.commitsOffsets = false
        return try KafkaConsumerGroup(
            settings: settings,
            options: options,
            logger: quiet,
            makeTransactionalWorker: { _, membership in
                if let membership { assigned(membership) }
                return Idle()
            }
        )
    }

    private struct Idle: KafkaPartitionWorker {
        func process(_ batch: [KafkaMessage]) async throws {}
        func stop() async {}
    }
}

private func message(_ topic: String, _ number: Int) -> KafkaOutgoingMessage {
    KafkaOutgoingMessage(topic: topic, key: [UInt8(number % 256)], value: Array("\(number)".utf8))
}

private func offset(_ number: Int) -> KafkaTransactionOffset {
    KafkaTransactionOffset(KafkaTopicPartition(topic: "in", partition: Int32(number)), offset: 1, metadata: "m")
}

private func withTransactions(
    _ body: (KafkaTransactionalProducer, String, KafkaGroupMembership, EmbeddedBroker) async throws -> Void
) async throws {
    try await withBroker(topics: ["out": 1]) { settings, names in
        let producer = try KafkaTransactionalProducer(settings: settings, transactionalID: "t", logger: quiet)
        try await producer.initialise()
        let broker = try #require(names.embedded)
        let membership = KafkaGroupMembership(group: names.group("g"), generation: 1, member: "m")
        try await body(producer, names["out"], membership, broker)
        await producer.close(timeout: .seconds(2))
    }
}

private func withTransactions(
    _ body: (KafkaTransactionalProducer, String, KafkaGroupMembership) async throws -> Void
) async throws {
    try await withTransactions { producer, topic, membership, _ in try await body(producer, topic, membership) }
}
