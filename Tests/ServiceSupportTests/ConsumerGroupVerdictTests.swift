import Testing

@testable import Kafka
@testable import ServiceSupport

@Suite struct ConsumerGroupVerdictTests {
    private let partition = KafkaTopicPartition(topic: "t", partition: 3)

    @Test func `a group is ready when its partitions are read`() {
        var state = KafkaConsumerGroup.State()
        #expect(ServiceContext.verdict(state, lost: [:]) == .unready("no partitions are assigned yet"))
        state.isReady = true
        #expect(ServiceContext.verdict(state, lost: [:]) == .ready(detail: "0 partitions, lag 0"))
        state.isStalled = true
        state.lastError = "Redis is away"
        #expect(ServiceContext.verdict(state, lost: [:]) == .unready("Redis is away"))
    }

    @Test func `lost messages keep it unready`() {
        var state = KafkaConsumerGroup.State()
        state.isReady = true
        state.retentionLost = [partition: 17]
        let remedy = "; `freshet topics acknowledge-loss` says that this has been seen"
        #expect(
            ServiceContext.verdict(state, lost: [:])
                == .unready("messages were deleted before they were read (t[3]: 17)" + remedy)
        )
        state.retentionLost = [:]
        #expect(
            ServiceContext.verdict(state, lost: ["t[4]": 2])
                == .unready("messages were deleted before they were read (t[4]: 2)" + remedy)
        )
    }

    @Test func `lag is shown for assigned partitions only`() {
        let metrics = MetricsRegistry()
        let gauges = PartitionLagGauges()
        gauges.update([partition: 5], in: metrics)
        #expect(metrics.render().contains("kafka_consumer_lag_messages{partition=\"3\",topic=\"t\"} 5\n"))
        gauges.update([:], in: metrics)
        #expect(!metrics.render().contains("kafka_consumer_lag_messages{"))
    }
}
