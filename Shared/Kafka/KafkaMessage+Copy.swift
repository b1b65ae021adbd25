import CRDKafka

extension KafkaMessage {
    /// Copies a message, so that nothing of librdkafka's memory outlives the poll.
    init(copying message: UnsafeMutablePointer<rd_kafka_message_t>, topic: String) {
        let pointee = message.pointee
        var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        self.init(
            topic: topic,
            partition: pointee.partition,
            offset: pointee.offset,
            timestamp: rd_kafka_message_timestamp(message, &kind),
            key: pointee.key.map { Array(UnsafeRawBufferPointer(start: $0, count: pointee.key_len)) },
            value: pointee.payload.map { Array(UnsafeRawBufferPointer(start: $0, count: pointee.len)) },
            headers: Self.headers(of: message)
        )
    }

    private static func headers(of message: UnsafeMutablePointer<rd_kafka_message_t>) -> [KafkaHeader] {
        var list: OpaquePointer?
        guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return [] }
        var headers: [KafkaHeader] = []
        headers.reserveCapacity(rd_kafka_header_cnt(list))
        var (name, value, size): (UnsafePointer<CChar>?, UnsafeRawPointer?, Int) = (nil, nil, 0)
        while rd_kafka_header_get_all(list, headers.count, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR,
            let text = name
        {
            let bytes = Array(UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : size))
            headers.append(KafkaHeader(String(cString: text), value: bytes))
        }
        return headers
    }
}
