public import Kafka

extension ServiceContext {
    /// Shows a producer's counts, queue and round trips as metrics, read when they are collected.
    ///
    /// A service with several producers names each; the name is the label `producer`.
    public func observe(_ producer: KafkaProducer, name: String = "main") {
        let labels = ["producer": name]
        let delivered = metrics.counter(
            "kafka_producer_delivered_total",
            help: "Messages that the brokers have.",
            labels: labels
        )
        let failed = metrics.counter(
            "kafka_producer_failed_total",
            help: "Messages that came back with an error.",
            labels: labels
        )
        let depth = metrics.gauge(
            "kafka_producer_queue_messages",
            help: "Messages that wait for their report.",
            labels: labels
        )
        let replacements = metrics.counter(
            "kafka_producer_replacements_total",
            help: "Times a fatal error made a new client necessary.",
            labels: labels
        )
        metrics.onCollect {
            let now = producer.metrics
            delivered.set(toTotal: Double(now.delivered))
            failed.set(toTotal: Double(now.failed))
            depth.set(now.queueDepth)
            replacements.set(toTotal: Double(now.replacements))
        }
    }

    /// Shows a transactional producer's counts as metrics, read when they are collected.
    public func observe(_ producer: KafkaTransactionalProducer) {
        let committed = metrics.counter("kafka_transactions_committed_total", help: "Transactions committed.")
        let aborted = metrics.counter("kafka_transactions_aborted_total", help: "Transactions aborted.")
        let messages = metrics.counter(
            "kafka_transactions_messages_total",
            help: "Messages in committed transactions."
        )
        metrics.onCollect {
            let now = producer.metrics
            committed.set(toTotal: Double(now.committed))
            aborted.set(toTotal: Double(now.aborted))
            messages.set(toTotal: Double(now.messages))
        }
    }
}
