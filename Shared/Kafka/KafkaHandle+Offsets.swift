import CRDKafka

extension KafkaHandle {
    /// What the handle's group has committed; blocks.
    func committed(
        _ partitions: [KafkaTopicPartition],
        timeout: Duration
    ) -> Result<[KafkaTopicPartition: KafkaCommitted], KafkaError> {
        let list = TopicPartitionList(partitions)
        let status = list.lend { rd_kafka_committed(pointer, $0, Int32(clamping: timeout.milliseconds)) }
        guard status == RD_KAFKA_RESP_ERR_NO_ERROR else { return .failure(KafkaError(status, "committed offsets")) }
        var committed: [KafkaTopicPartition: KafkaCommitted] = [:]
        let found = list.map { ($0.name, $0.offset, $0.metadataText, $0.err) }
        for (name, offset, text, error) in found {
            guard error == RD_KAFKA_RESP_ERR_NO_ERROR else {
                return .failure(KafkaError(error, "committed offset of \(name)"))
            }
            committed[name] = KafkaCommitted(offset: offset >= 0 ? offset : nil, metadata: text)
        }
        return .success(committed)
    }

    /// The oldest offset and the one after the newest, asked of the broker; blocks.
    func watermarks(
        of partition: KafkaTopicPartition,
        timeout: Duration
    ) -> Result<(low: Int64, high: Int64), KafkaError> {
        var (low, high): (Int64, Int64) = (0, 0)
        let status = rd_kafka_query_watermark_offsets(
            pointer,
            partition.topic,
            partition.partition,
            &low,
            &high,
            Int32(clamping: timeout.milliseconds)
        )
        guard status == RD_KAFKA_RESP_ERR_NO_ERROR else {
            return .failure(KafkaError(status, "watermarks of \(partition)"))
        }
        return .success((low, high))
    }

    /// The same from what the last fetch said; `nil` when there was none.
    func cachedWatermarks(of partition: KafkaTopicPartition) -> (low: Int64, high: Int64)? {
        var (low, high): (Int64, Int64) = (0, 0)
        let status = rd_kafka_get_watermark_offsets(pointer, partition.topic, partition.partition, &low, &high)
        return status == RD_KAFKA_RESP_ERR_NO_ERROR ? (low, high) : nil
    }
}
