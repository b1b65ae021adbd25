/// Messages of one topic partition that wait for their worker.
struct MessageQueue {
    private struct Waiting {
        var message: KafkaMessage
        var byteCount: Int
    }

    private var waiting: [Waiting] = []
    private var head = 0
    private(set) var byteCount = 0

    var count: Int { waiting.count - head }
    var isEmpty: Bool { head == waiting.count }
    var first: KafkaMessage? { isEmpty ? nil : waiting[head].message }
    var firstTimestamp: Int64? { isEmpty ? nil : waiting[head].message.timestamp }

    mutating func append(_ message: KafkaMessage) {
        let size = message.byteCount
        byteCount += size
        waiting.append(Waiting(message: message, byteCount: size))
    }

    mutating func removeFirst() -> KafkaMessage {
        let first = waiting[head]
        byteCount -= first.byteCount
        head += 1
        if head == waiting.count {
            waiting.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 1024, head * 2 >= waiting.count {
            waiting.removeFirst(head)
            head = 0
        }
        return first.message
    }

    mutating func removeAll() {
        self = MessageQueue()
    }
}
