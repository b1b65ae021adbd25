public import Kafka
import NIOConcurrencyHelpers

extension ServiceContext {
    /// Shows a consumer group's state: readiness check `kafka`, and lag, counts and rebalances as metrics.
    ///
    /// The state is read when somebody asks for health or metrics. Messages lost to retention keep the service unready
    /// until they are acknowledged. The group is not kept: its workers have metrics of this very registry.
    public func observe(_ group: KafkaConsumerGroup, retention: RetentionWatch, check name: String = "kafka") {
        health.check(name) { [weak group] in
            guard let group else { return .unready("the consumer has ended") }
            return Self.verdict(group.state, lost: retention.losses)
        }
        let lags = PartitionLagGauges()
        // A service may have two groups, and one must not overwrite what the other shows.
        let labels = ["check": name]
        let consumed = metrics.counter("kafka_consumer_messages_total", help: "Messages read.", labels: labels)
        let repeated = metrics.counter(
            "kafka_consumer_repeated_total",
            help: "Messages that came twice and were dropped.",
            labels: labels
        )
        let rebalances = metrics.counter(
            "kafka_consumer_rebalances_total",
            help: "Assignments of partitions.",
            labels: labels
        )
        let lost = metrics.gauge(
            "kafka_consumer_retention_lost_messages",
            help: "Messages deleted before they were read, until acknowledged.",
            labels: labels
        )
        metrics.onCollect { [weak group, weak metrics] in
            guard let group, let metrics else { return }
            let state = group.state
            consumed.set(toTotal: Double(state.consumed))
            repeated.set(toTotal: Double(state.repeated))
            rebalances.set(toTotal: Double(state.rebalances))
            lost.set(Double(state.retentionLost.values.reduce(0, +) + retention.losses.values.reduce(0, +)))
            lags.update(state.partitions.mapValues(\.lag), in: metrics)
        }
    }

    static func verdict(_ state: KafkaConsumerGroup.State, lost noted: [String: Int64]) -> HealthReport.Verdict {
        var lost = noted
        for (partition, count) in state.retentionLost { lost["\(partition)", default: 0] += count }
        if !lost.isEmpty {
            let partitions = lost.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
            return .unready(
                "messages were deleted before they were read (\(partitions.joined(separator: ", "))); "
                    + "`freshet topics acknowledge-loss` says that this has been seen"
            )
        }
        if state.hasEnded { return .unready(state.lastError ?? "the consumer has ended") }
        if state.isStalled { return .unready(state.lastError ?? "a batch is tried again and again") }
        guard state.isReady else { return .unready(state.lastError ?? "no partitions are assigned yet") }
        return .ready(detail: "\(state.partitions.count) partitions, lag \(state.lag)")
    }
}

/// One gauge per assigned partition; gone when the partition is.
final class PartitionLagGauges: Sendable {
    private static let name = "kafka_consumer_lag_messages"
    private let known = NIOLockedValueBox<Set<KafkaTopicPartition>>([])

    func update(_ lags: [KafkaTopicPartition: Int64], in metrics: MetricsRegistry) {
        let gone = known.withLockedValue { known in
            defer { known = Set(lags.keys) }
            return known.subtracting(lags.keys)
        }
        for partition in gone { metrics.remove(Self.name, labels: labels(partition)) }
        for (partition, lag) in lags {
            metrics.gauge(Self.name, help: "Messages not processed yet.", labels: labels(partition)).set(Double(lag))
        }
    }

    private func labels(_ partition: KafkaTopicPartition) -> [String: String] {
        ["topic": partition.topic, "partition": String(partition.partition)]
    }
}
