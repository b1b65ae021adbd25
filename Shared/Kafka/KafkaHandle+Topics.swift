import CRDKafka
import Glibc

extension KafkaHandle {
    /// Asks the brokers to create topics; blocks.
    ///
    /// Ones that exist are fine.
    func create(_ topics: [TopicSpecification], timeout: Duration) -> KafkaError? {
        var reason = [CChar](repeating: 0, count: 512)
        var wanted: [OpaquePointer?] = []
        defer { rd_kafka_NewTopic_destroy_array(&wanted, wanted.count) }
        for topic in topics {
            let new = rd_kafka_NewTopic_new(
                topic.name,
                Int32(clamping: topic.partitions),
                Int32(clamping: topic.replication),
                &reason,
                reason.count
            )
            guard let new else {
                return KafkaError(code: .invalidConfiguration, message: Self.text(reason), isRetriable: false)
            }
            wanted.append(new)
            for (name, value) in topic.configuration { rd_kafka_NewTopic_set_config(new, name, value) }
        }
        let options = rd_kafka_AdminOptions_new(pointer, RD_KAFKA_ADMIN_OP_CREATETOPICS)
        defer { rd_kafka_AdminOptions_destroy(options) }
        let milliseconds = Int32(clamping: timeout.milliseconds)
        rd_kafka_AdminOptions_set_request_timeout(options, milliseconds, &reason, reason.count)
        rd_kafka_AdminOptions_set_operation_timeout(options, milliseconds, &reason, reason.count)
        let queue = rd_kafka_queue_new(pointer)
        defer { rd_kafka_queue_destroy(queue) }
        rd_kafka_CreateTopics(pointer, &wanted, wanted.count, options, queue)
        guard let event = rd_kafka_queue_poll(queue, milliseconds) else {
            return KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT, "create topics")
        }
        defer { rd_kafka_event_destroy(event) }
        let status = rd_kafka_event_error(event)
        guard status == RD_KAFKA_RESP_ERR_NO_ERROR else { return KafkaError(status, "create topics") }
        var count = 0
        let results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count)
        for result in UnsafeBufferPointer(start: results, count: count) {
            let error = rd_kafka_topic_result_error(result)
            guard error != RD_KAFKA_RESP_ERR_NO_ERROR, error != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS else { continue }
            return KafkaError(error, "create topic \(String(cString: rd_kafka_topic_result_name(result)))")
        }
        return nil
    }

    /// Waits until topics have leaders; blocks.
    func waitForTopics(_ topics: [TopicSpecification], timeout: Duration) -> Result<Void, KafkaError> {
        let deadline = ContinuousClock.now + timeout
        while true {
            let metadata = KafkaMetadata.read(self, timeout: .seconds(5))
            if case .success(let metadata) = metadata, topics.allSatisfy({ metadata.topics[$0.name]?.isReady == true })
            {
                return Result { () throws(KafkaError) in try metadata.require(topics) }
            }
            if ContinuousClock.now >= deadline {
                return .failure(KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT, "new topics do not show up"))
            }
            usleep(100_000)
        }
    }
}
