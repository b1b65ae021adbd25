import CRDKafka

/// What the brokers say about themselves and their topics.
public struct KafkaMetadata: Sendable {
    /// One topic.
    public struct Topic: Sendable, Hashable {
        /// How many partitions it has.
        public var partitionCount: Int
        /// Whether every partition has a leader.
        public var isReady: Bool
    }

    /// The topics by name.
    public var topics: [String: Topic]
    /// How many brokers the cluster has.
    public var brokerCount: Int

    /// Asks for all topics: asking for one by name could create it.
    static func read(_ handle: KafkaHandle, timeout: Duration) -> Result<KafkaMetadata, KafkaError> {
        var answer: UnsafePointer<rd_kafka_metadata>?
        let status = rd_kafka_metadata(handle.pointer, 1, nil, &answer, Int32(clamping: timeout.milliseconds))
        guard status == RD_KAFKA_RESP_ERR_NO_ERROR, let answer else {
            return .failure(KafkaError(status, "metadata"))
        }
        defer { rd_kafka_metadata_destroy(answer) }
        var metadata = KafkaMetadata(topics: [:], brokerCount: Int(answer.pointee.broker_cnt))
        for topic in UnsafeBufferPointer(start: answer.pointee.topics, count: Int(answer.pointee.topic_cnt))
        where topic.err == RD_KAFKA_RESP_ERR_NO_ERROR {
            let partitions = UnsafeBufferPointer(start: topic.partitions, count: Int(topic.partition_cnt))
            metadata.topics[String(cString: topic.topic)] = Topic(
                partitionCount: partitions.count,
                isReady: !partitions.isEmpty && partitions.allSatisfy { $0.leader >= 0 }
            )
        }
        return .success(metadata)
    }
}
