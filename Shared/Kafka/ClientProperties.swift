import CRDKafka

/// The librdkafka properties that this library starts from, and why they differ from librdkafka's own.
enum ClientProperties {
    static func producer(_ settings: KafkaClientSettings, mode: KafkaProducer.Mode) -> [String: String] {
        merged(
            [
                "acks": "all",
                "enable.idempotence": "true",
                // librdkafka's default would put most keys elsewhere than Java's producers do.
                "partitioner": "murmur2_random",
                "batch.size": "262144",
                "compression.type": "lz4",
                "queue.buffering.max.messages": "100000",
                "queue.buffering.max.kbytes": "65536",
                "request.timeout.ms": "5000",
                "linger.ms": mode == .interactive ? "1" : "0",
                // A record that timed out while later ones arrived would be lost behind a fence: a pipeline never gives up.
                "message.timeout.ms": mode == .interactive ? "120000" : "0",
            ],
            settings,
            newer: [(0x0203_0000, "retry.backoff.max.ms", "1000")]
        )
    }

    /// A transaction that takes longer than its timeout is aborted by the brokers, its messages with it: so they need no
    /// timeout of their own, and a producer that was held up longer cannot commit any more.
    static func transactionalProducer(_ settings: KafkaClientSettings, id: String) -> [String: String] {
        var properties = producer(settings, mode: .pipeline)
        properties["message.timeout.ms"] = settings.properties["message.timeout.ms"]
        properties["transaction.timeout.ms"] = settings.properties["transaction.timeout.ms"] ?? "15000"
        properties["transactional.id"] = id
        return properties
    }

    static func consumer(_ settings: KafkaClientSettings, group: String) -> [String: String] {
        var properties = merged(
            [
                "auto.offset.reset": "earliest",
                "isolation.level": "read_committed",
                "allow.auto.create.topics": "false",
                "fetch.min.bytes": "1",
                // A broker answers as soon as there is data, so this says how often an idle consumer asks. One fetch per broker
                // is under way: a partition that joins while all others are idle waits for its end.
                "fetch.wait.max.ms": "500",
                "fetch.error.backoff.ms": "20",
                "queued.min.messages": "100000",
                "queued.max.messages.kbytes": "65536",
                "max.poll.interval.ms": "60000",
                "session.timeout.ms": "10000",
                "heartbeat.interval.ms": "1000",
                // A new topic or more partitions show within seconds, not five minutes.
                "topic.metadata.refresh.interval.ms": "10000",
            ],
            settings,
            newer: [(0x0202_0000, "fetch.queue.backoff.ms", "10")]
        )
        // Not a matter of taste: the offset tracker and co-partitioning rest on these.
        properties["group.id"] = group
        properties["enable.auto.commit"] = "false"
        properties["enable.auto.offset.store"] = "false"
        properties["enable.partition.eof"] = "true"
        properties["partition.assignment.strategy"] = "range"
        return properties
    }

    /// Admin calls and metadata; a consumer handle, because only those can ask for committed offsets.
    static func admin(_ settings: KafkaClientSettings, group: String) -> [String: String] {
        consumer(settings, group: group)
    }

    private static func merged(
        _ defaults: [String: String],
        _ settings: KafkaClientSettings,
        newer: [(version: Int32, name: String, value: String)]
    ) -> [String: String] {
        var properties = defaults
        properties["bootstrap.servers"] = settings.bootstrapServers
        properties["client.id"] = settings.clientID
        properties["socket.nagle.disable"] = "true"
        properties["socket.keepalive.enable"] = "true"
        properties["reconnect.backoff.ms"] = "50"
        properties["reconnect.backoff.max.ms"] = "2000"
        properties["statistics.interval.ms"] = "5000"
        properties["log.connection.close"] = "false"
        let version = rd_kafka_version()
        for property in newer where version >= property.version { properties[property.name] = property.value }
        if version >= 0x0205_0000 { properties["enable.metrics.push"] = "false" }
        return properties.merging(settings.properties) { $1 }
    }
}
