import CRDKafka

extension KafkaHandle {
    /// What the handle's group has committed; blocks.
    func committed(
        _ partitions: [KafkaTopicPartition],
        timeout: Duration
    ) -> Result<[KafkaTopicPartition: KafkaCommitted], KafkaError> {
        let list = TopicPartitionList(partitions)
        let status = rd_kafka_committed(pointer, list.pointer, Int32(clamping: timeout.milliseconds))
        guard status == RD_KAFKA_RESP_ERR_NO_ERROR else { return .failure(KafkaError(status, "committed offsets")) }
        var committed: [KafkaTopicPartition: KafkaCommitted] = [:]
        for element in list.elements {
            guard element.err == RD_KAFKA_RESP_ERR_NO_ERROR else {
                return .failure(KafkaError(element.err, "committed offset of \(element.name)"))
            }
            committed[element.name] = KafkaCommitted(
                offset: element.offset >= 0 ? element.offset : nil,
                metadata: element.metadataText
            )
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
