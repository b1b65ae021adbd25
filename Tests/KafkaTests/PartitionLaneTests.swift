import Testing

@testable import Kafka

@Suite("Order and bounds within a partition number")
struct PartitionLaneTests {
    private let limits = PartitionLane.Limits(
        batch: 100,
        messages: 4,
        bytes: 1 << 20,
        leadMilliseconds: 10_000,
        siblingWait: .seconds(5)
    )

    private func lane(_ topics: String..., high: Int64 = 0) -> PartitionLane {
        PartitionLane(
            sources: topics.map {
                PartitionLane.Source(
                    name: KafkaTopicPartition(topic: $0, partition: 0),
                    position: 0,
                    processed: 0,
                    low: 0,
                    high: high
                )
            }
        )
    }

    private func message(_ topic: String, _ offset: Int64, at time: Int64) -> KafkaMessage {
        KafkaMessage(topic: topic, partition: 0, offset: offset, timestamp: time, key: nil, value: nil)
    }

    @Test func `topics are merged by record time`() {
        var lane = lane("a", "b")
        for (offset, time) in [(0, 10), (1, 40)] as [(Int64, Int64)] {
            _ = lane.append(message("a", offset, at: time), to: 0)
        }
        for (offset, time) in [(0, 20), (1, 30)] as [(Int64, Int64)] {
            _ = lane.append(message("b", offset, at: time), to: 1)
        }
        let batch1 = lane.takeBatch(limits, now: .now)
        #expect(batch1.map(\.timestamp) == [10, 20, 30, 40])
    }

    @Test(arguments: [Int64.max, .min]) func `a record of any time is taken, if need be after the wait`(time: Int64) {
        var lane = lane("a", "b", high: 2)
        _ = lane.append(message("a", 0, at: time), to: 0)
        _ = lane.append(message("b", 0, at: 10), to: 1)
        var taken: Set<Int64> = []
        for round in 0..<4 {
            taken.formUnion(lane.takeBatch(limits, now: .now + limits.siblingWait * (2 * round)).map(\.timestamp))
        }
        #expect(taken == [time, 10])
    }

    @Test func `within a topic partition offsets decide, whatever the times say`() {
        var lane = lane("a")
        _ = lane.append(message("a", 0, at: 50), to: 0)
        _ = lane.append(message("a", 1, at: 10), to: 0)
        let batch2 = lane.takeBatch(limits, now: .now)
        #expect(batch2.map(\.offset) == [0, 1])
    }

    @Test func `a topic that is ahead waits for a sibling with data, not for an idle one`() {
        var lane = lane("a", "b", high: 1)
        _ = lane.append(message("a", 0, at: 1_000_000), to: 0)
        let batch3 = lane.takeBatch(limits, now: .now)
        #expect(batch3.isEmpty)
        lane.reachedEnd(of: 1, at: 0)
        let batch4 = lane.takeBatch(limits, now: .now)
        #expect(batch4.isEmpty == false)
    }

    @Test func `a small lead is no reason to wait`() {
        var lane = lane("a", "b", high: 2)
        _ = lane.append(message("b", 0, at: 1_000), to: 1)
        _ = lane.append(message("a", 0, at: 11_000), to: 0)
        _ = lane.append(message("a", 1, at: 11_001), to: 0)
        let batch5 = lane.takeBatch(limits, now: .now)
        #expect(batch5.map(\.timestamp) == [1_000, 11_000])
    }

    @Test func `a sibling whose data never comes is not waited for without end`() {
        var lane = lane("a", "b", high: 1)
        _ = lane.append(message("a", 0, at: 1_000_000), to: 0)
        let now = ContinuousClock.now
        let batch6 = lane.takeBatch(limits, now: now)
        #expect(batch6.isEmpty)
        let batch7 = lane.takeBatch(limits, now: now + .seconds(6))
        #expect(batch7.count == 1)
    }

    @Test func `what comes twice is dropped`() {
        var lane = lane("a")
        let answer8 = lane.append(message("a", 0, at: 1), to: 0)
        #expect(answer8)
        let answer9 = lane.append(message("a", 0, at: 1), to: 0)
        #expect(!answer9)
    }

    @Test func `progress covers what is nobody's message at the end of the log`() {
        var lane = lane("a", high: 3)
        _ = lane.append(message("a", 0, at: 1), to: 0)
        let batch = lane.takeBatch(limits, now: .now)
        lane.isHolding = true
        lane.reachedEnd(of: 0, at: 3)
        #expect(lane.sources[0].processed == 0)
        lane.isHolding = false
        lane.finish(batch)
        #expect(lane.sources[0].processed == 3)
    }

    @Test func `a rewind takes the siblings back to what is durable`() {
        var lane = lane("a", "b")
        for offset in 0..<3 as Range<Int64> {
            _ = lane.append(message("a", offset, at: offset), to: 0)
            _ = lane.append(message("b", offset, at: offset), to: 1)
        }
        lane.finish([message("a", 1, at: 1), message("b", 0, at: 0)])
        lane.rewind(to: [KafkaTopicPartition(topic: "a", partition: 0): 1])
        #expect(lane.sources.map(\.position) == [1, 1])
        #expect(lane.epoch == 1)
        let batch10 = lane.takeBatch(limits, now: .now)
        #expect(batch10.isEmpty)
    }

    @Test func `a full queue pauses its topic partition once`() {
        var lane = lane("a")
        for offset in 0..<4 as Range<Int64> { _ = lane.append(message("a", offset, at: 0), to: 0) }
        let answer11 = lane.pauseIfFull(0, limits)
        #expect(answer11)
        let answer12 = lane.pauseIfFull(0, limits)
        #expect(!answer12)
        _ = lane.sources[0].queue.removeFirst()
        #expect(!lane.isHalfEmpty(0, limits))
        _ = lane.sources[0].queue.removeFirst()
        #expect(lane.isHalfEmpty(0, limits))
    }
}
