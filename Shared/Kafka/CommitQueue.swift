import CRDKafka

/// Commits of a consumer group that wait for the broker's answer; lives on the polling thread.
final class CommitQueue {
    struct Commit: Sendable {
        var name: KafkaTopicPartition
        var offset: Int64
        var metadata: String?
    }

    struct Answer {
        var error: KafkaError?
        var offsets: [(name: KafkaTopicPartition, offset: Int64, error: KafkaError?)]
    }

    private let handle: KafkaHandle
    private let queue: OpaquePointer?
    private var open = 0

    init(_ handle: KafkaHandle) {
        self.handle = handle
        queue = rd_kafka_queue_new(handle.pointer)
    }

    deinit {
        rd_kafka_queue_destroy(queue)
    }

    var isWaiting: Bool { open > 0 }

    func send(_ commits: [Commit]) {
        guard !commits.isEmpty else { return }
        let list = TopicPartitionList()
        for commit in commits { list.add(commit.name, offset: commit.offset, metadata: commit.metadata) }
        let status = list.lend { rd_kafka_commit_queue(handle.pointer, $0, queue, nil, nil) }
        if status == RD_KAFKA_RESP_ERR_NO_ERROR { open += 1 }
    }

    func answers(waiting time: Duration) -> [Answer] {
        var answers: [Answer] = []
        var timeout = Int32(clamping: time.milliseconds)
        while open > 0, let event = rd_kafka_queue_poll(queue, timeout) {
            defer { rd_kafka_event_destroy(event) }
            guard rd_kafka_event_type(event) == RD_KAFKA_EVENT_OFFSET_COMMIT else { continue }
            open -= 1
            timeout = 0
            let error = rd_kafka_event_error(event)
            let elements = TopicPartitionList.elements(rd_kafka_event_topic_partition_list(event))
            answers.append(
                Answer(
                    error: error == RD_KAFKA_RESP_ERR_NO_ERROR || error == RD_KAFKA_RESP_ERR__NO_OFFSET
                        ? nil : KafkaError(error, "commit"),
                    offsets: elements.map { element in
                        let failed = element.err != RD_KAFKA_RESP_ERR_NO_ERROR
                        return (element.name, element.offset, failed ? KafkaError(element.err, "commit") : nil)
                    }
                )
            )
        }
        return answers
    }
}
