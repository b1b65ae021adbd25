/// Messages of one topic partition that wait for their worker.
struct MessageQueue {
    private var messages: [KafkaMessage] = []
    private var head = 0
    private(set) var byteCount = 0

    var count: Int { messages.count - head }
    var isEmpty: Bool { head == messages.count }
    var first: KafkaMessage? { isEmpty ? nil : messages[head] }
    var firstTimestamp: Int64? { isEmpty ? nil : messages[head].timestamp }

    mutating func append(_ message: KafkaMessage) {
        byteCount += message.byteCount
        messages.append(message)
    }

    mutating func removeFirst() -> KafkaMessage {
        let message = messages[head]
        byteCount -= message.byteCount
        head += 1
        if head == messages.count {
            messages.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 1024, head * 2 >= messages.count {
            messages.removeFirst(head)
            head = 0
        }
        return message
    }

    mutating func removeAll() {
        self = MessageQueue()
    }
}
