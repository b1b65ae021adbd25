import Kafka
import NIOConcurrencyHelpers
import TestSupport
import Testing

@Suite("Consumer group", .timeLimit(.minutes(3)))
struct ConsumerGroupTests {
    @Test func `every message reaches its worker once, in order, and progress outlives a restart`() async throws {
        try await withBroker(topics: ["views": 4, "clicks": 4]) { settings, names in
            let topics = [names["views"], names["clicks"]]
            try await send(400, to: topics, settings)
            let first = Journal()
            let options = KafkaConsumerGroup.Options(group: names.group("g"), topics: topics)
            try await withMember(settings, options, first) { group in
                #expect(await eventually { first.count == 400 })
                #expect(first.isOrdered)
                #expect(first.partitionsAreConsistent)
                #expect(await eventually { group.state.lag == 0 })
                #expect(group.state.isReady)
            }
            try await send(40, to: topics, settings)
            let second = Journal()
            try await withMember(settings, options, second) { _ in
                #expect(await eventually { second.count == 40 })
                try await Task.sleep(for: .milliseconds(300))
                #expect(second.count == 40)
            }
        }
    }

    @Test func `a batch that fails is handed in again and nothing is lost`() async throws {
        try await withBroker(topics: ["views": 2]) { settings, names in
            try await send(100, to: [names["views"]], settings)
            let journal = Journal(failing: 3)
            var options = KafkaConsumerGroup.Options(group: names.group("g"), topics: [names["views"]])
            options.maxBatch = 10
            try await withMember(settings, options, journal) { group in
                #expect(await eventually { journal.count == 100 })
                #expect(journal.isOrdered)
                #expect(journal.failedThenRepeated)
                #expect(await eventually { !group.state.isStalled && group.state.lag == 0 })
            }
        }
    }

    @Test func `members share partition numbers and hand over without loss`() async throws {
        try await withBroker(topics: ["views": 6, "clicks": 6]) { settings, names in
            let topics = [names["views"], names["clicks"]]
            let (first, second) = (Journal(), Journal())
            let options = KafkaConsumerGroup.Options(group: names.group("g"), topics: topics)
            try await withMember(settings, options, first) { one in
                try await send(120, to: topics, settings)
                #expect(await eventually { first.count == 120 })
                try await withMember(settings, options, second) { two in
                    #expect(
                        await eventually(within: .seconds(40)) {
                            one.state.partitions.count == 6 && two.state.partitions.count == 6
                        }
                    )
                    let numbers = Set(one.state.partitions.keys.map(\.partition))
                    #expect(numbers.count == 3)
                    #expect(numbers.isDisjoint(with: two.state.partitions.keys.map(\.partition)))
                    try await send(120, to: topics, settings)
                    #expect(await eventually { first.union(second).count == 240 })
                    #expect(second.count > 0)
                }
                try await send(120, to: topics, settings)
                #expect(await eventually(within: .seconds(40)) { first.union(second).count == 360 })
            }
        }
    }

    @Test func `a rewind reads again from there`() async throws {
        try await withBroker(topics: ["views": 1]) { settings, names in
            try await send(50, to: [names["views"]], settings)
            let journal = Journal()
            let options = KafkaConsumerGroup.Options(group: names.group("g"), topics: [names["views"]])
            try await withMember(settings, options, journal) { group in
                #expect(await eventually { journal.total == 50 })
                await group.rewind(to: [KafkaTopicPartition(topic: names["views"], partition: 0): 20])
                #expect(await eventually { journal.total == 80 })
                #expect(journal.offsets.suffix(30) == Array(20..<50)[...])
                try await send(1, to: [names["views"]], settings)
                #expect(await eventually { journal.total == 81 })
            }
        }
    }

    @Test func `a slow worker keeps memory bounded and loses nothing`() async throws {
        try await withBroker(topics: ["views": 1]) { settings, names in
            try await send(2000, to: [names["views"]], settings)
            let journal = Journal(delay: .milliseconds(5))
            var options = KafkaConsumerGroup.Options(group: names.group("g"), topics: [names["views"]])
            options.maxBatch = 20
            options.maxBufferedMessages = 100
            try await withMember(settings, options, journal) { group in
                var mostBuffered = 0
                #expect(
                    await eventually(within: .seconds(40)) {
                        mostBuffered = max(mostBuffered, group.state.partitions.values.map(\.buffered).max() ?? 0)
                        return journal.count == 2000
                    }
                )
                #expect(journal.isOrdered)
                // One poll may overshoot by what it drains at once.
                #expect(mostBuffered < 2200)
            }
        }
    }

    @Test(.enabled(if: !usesRealBroker, "needs a broker that forgets after 5 MiB"))
    func `messages that were deleted before they were read are counted until somebody has taken note`() async throws {
        try await withBroker(topics: ["views": 1]) { settings, names in
            let producer = try KafkaProducer(settings: settings, mode: .pipeline, logger: quiet)
            var random = SystemRandomNumberGenerator()
            for _ in 0..<20 {
                // 400 kB that do not compress: the embedded broker keeps about the last 5 MiB.
                let value = (0..<400_000).map { _ in UInt8.random(in: 0...255, using: &random) }
                _ = try await producer.send(KafkaOutgoingMessage(topic: names["views"], key: [1], value: value))
            }
            await producer.close()
            let journal = Journal()
            var options = KafkaConsumerGroup.Options(group: names.group("g"), topics: [names["views"]])
            // As if the group had committed 1 long ago.
            options.onAssignment = { $0.mapValues { _ in 1 } }
            try await withMember(settings, options, journal) { group in
                let partition = KafkaTopicPartition(topic: names["views"], partition: 0)
                #expect(await eventually { group.state.retentionLost[partition] ?? 0 > 0 })
                let lost = try #require(group.state.retentionLost[partition])
                #expect(await eventually { journal.count == 19 - Int(lost) })
                #expect(journal.offsets.first == 1 + lost)
                group.acknowledgeRetentionLoss([partition: lost - 1])
                #expect(group.state.retentionLost == [partition: 1])
                group.acknowledgeRetentionLoss([partition: 1])
                #expect(group.state.retentionLost.isEmpty)
            }
        }
    }

    @Test func `what was paused flows again after a rebalance`() async throws {
        try await withBroker(topics: ["views": 2]) { settings, names in
            try await send(1500, to: [names["views"]], settings)
            let (slow, other) = (Journal(delay: .milliseconds(20)), Journal(delay: .milliseconds(1)))
            var options = KafkaConsumerGroup.Options(group: names.group("g"), topics: [names["views"]])
            options.maxBatch = 5
            options.maxBufferedMessages = 10
            try await withMember(settings, options, slow) { one in
                #expect(await eventually { one.state.partitions.values.contains(where: \.isPaused) })
                try await withMember(settings, options, other) { two in
                    #expect(await eventually(within: .seconds(40)) { two.state.partitions.count == 1 })
                    #expect(await eventually(within: .seconds(60)) { slow.union(other).count == 1500 })
                    #expect(one.state.partitions.count == 1)
                }
            }
        }
    }

    @Test func `an assignment shows what was committed, with its text, and may start elsewhere`() async throws {
        try await withBroker(topics: ["views": 1]) { settings, names in
            let partition = KafkaTopicPartition(topic: names["views"], partition: 0)
            try await send(10, to: [names["views"]], settings)
            var options = KafkaConsumerGroup.Options(group: names.group("g"), topics: [names["views"]])
            options.commitMetadata = { _ in "replica-1:7" }
            let first = Journal()
            try await withMember(settings, options, first) { _ in #expect(await eventually { first.count == 10 }) }

            let seen = NIOLockedValueBox<[KafkaTopicPartition: KafkaCommitted]>([:])
            options.onAssignment = { committed in
                seen.withLockedValue { $0 = committed }
                return [partition: 4]
            }
            let second = Journal()
            try await withMember(settings, options, second) { _ in
                #expect(await eventually { second.count == 6 })
            }
            let found = seen.withLockedValue { $0[partition] }
            #expect(found == KafkaCommitted(offset: 10, metadata: "replica-1:7", low: 0, high: 10))
            let committed = try await KafkaAdmin(settings: settings).committedOffsets(
                group: options.group,
                partitions: [partition]
            )
            #expect(committed[partition]?.offset == 10)
        }
    }

    @Test func `a worker that refuses ends the group with its reason`() async throws {
        try await withBroker(topics: ["views": 1]) { settings, names in
            let options = KafkaConsumerGroup.Options(group: names.group("g"), topics: [names["views"]])
            let group = try KafkaConsumerGroup(settings: settings, options: options, logger: quiet) { _ in
                throw KafkaConsumptionRefused("the topic was made anew")
            }
            await #expect(throws: KafkaConsumptionRefused.self) { try await group.run() }
            #expect(group.state.hasEnded)
        }
    }

    @Test func `topics with different partition counts are refused`() async throws {
        try await withBroker(topics: ["views": 2, "clicks": 3]) { settings, names in
            let options = KafkaConsumerGroup.Options(
                group: names.group("g"),
                topics: [names["views"], names["clicks"]]
            )
            let group = try KafkaConsumerGroup(settings: settings, options: options, logger: quiet) { _ in Journal() }
            let error = await #expect(throws: KafkaError.self) { try await group.run() }
            #expect(error?.code == .wrongPartitionCount)
        }
    }

    @Test func `a message on an idle topic reaches its worker without a wait`() async throws {
        try await withBroker(topics: ["views": 1]) { settings, names in
            var settings = settings
            settings.properties["fetch.wait.max.ms"] = "2"
            let journal = Journal()
            let options = KafkaConsumerGroup.Options(group: names.group("g"), topics: [names["views"]])
            try await withMember(settings, options, journal) { group in
                #expect(await eventually { group.state.isReady })
                let producer = try KafkaProducer(settings: settings, mode: .pipeline, logger: quiet)
                try await producer.warmUp(topics: [names["views"]])
                var times: [Duration] = []
                for round in 1...50 {
                    let start = ContinuousClock.now
                    _ = try await producer.send(KafkaOutgoingMessage(topic: names["views"], key: [1], value: [1]))
                    await journal.reached(round)
                    times.append(.now - start)
                }
                times.sort()
                print("send until processed: median \(times[25]), worst \(times[49])")
                // Not how fast, which the machine decides: that nothing polls by the second or waits for a full batch.
                #expect(times[25] < .milliseconds(500))
                await producer.close()
            }
        }
    }

    private func send(_ count: Int, to topics: [String], _ settings: KafkaClientSettings) async throws {
        let producer = try KafkaProducer(settings: settings, mode: .pipeline, logger: quiet)
        let messages = (0..<count).map {
            KafkaOutgoingMessage(
                topic: topics[$0 % topics.count],
                key: Array("u\($0 / 3)".utf8),
                value: [UInt8($0 % 256)]
            )
        }
        for result in await producer.send(messages) { _ = try result.get() }
        await producer.close()
    }
}

/// Runs a member while `body` runs.
private func withMember(
    _ settings: KafkaClientSettings,
    _ options: KafkaConsumerGroup.Options,
    _ journal: Journal,
    _ body: (KafkaConsumerGroup) async throws -> Void
) async throws {
    let group = try KafkaConsumerGroup(settings: settings, options: options, logger: quiet) { _ in journal }
    let run = Task { try await group.run() }
    do {
        try await body(group)
    } catch {
        await group.shutdown()
        throw error
    }
    await group.shutdown()
    try await run.value
}
