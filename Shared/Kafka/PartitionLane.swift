/// What waits for one worker: the queues of one partition number of all topics, and how far each has come.
///
/// Pure state without I/O: the polling thread appends, the worker's loop takes, both under the group's lock.
struct PartitionLane {
    /// One topic's partition within the lane.
    struct Source {
        let name: KafkaTopicPartition
        var queue = MessageQueue()
        /// The offset after the last one that was read; older ones are repetitions.
        var position: Int64
        /// The offset after the last one whose effects are durable.
        var processed: Int64
        /// What the broker has of `processed`, and what it was last asked to keep.
        var committed: Int64?
        var commitSent: Int64?
        var low: Int64
        var high: Int64
        var lastTimestamp: Int64?
        /// The broker said that there is nothing after `position`.
        var isAtEnd = false
        var isPaused = false
        /// Since when siblings wait for this one's data.
        var awaitedSince: ContinuousClock.Instant?

        var hasUnreadData: Bool { !isAtEnd && high > position }
        var lag: Int64 { max(0, high - processed) }
    }

    struct Limits {
        var batch: Int
        var messages: Int
        var bytes: Int
        var leadMilliseconds: Int64
        var siblingWait: Duration
    }

    var sources: [Source]
    /// Rises at each rewind; what was taken before counts for nothing.
    var epoch = 0
    /// A batch is with the worker.
    var isBusy = false
    /// The batch in hand, whether it is with the worker or waits for another try.
    var isHolding = false
    var failure: String?
    /// Something changed since the last look for a batch.
    var hasNews = false
    var waiter: CheckedContinuation<Void, Never>?

    /// Adds a message that was read; `false` when it was read before.
    mutating func append(_ message: KafkaMessage, to index: Int) -> Bool {
        guard message.offset >= sources[index].position else { return false }
        sources[index].position = message.offset + 1
        sources[index].lastTimestamp = message.timestamp
        sources[index].isAtEnd = false
        sources[index].awaitedSince = nil
        sources[index].high = max(sources[index].high, message.offset + 1)
        sources[index].queue.append(message)
        hasNews = true
        return true
    }

    /// Notes that a source has been read to its end, where there may be records that are nobody's messages.
    mutating func reachedEnd(of index: Int, at offset: Int64) {
        guard offset >= sources[index].position else { return }
        sources[index].position = offset
        sources[index].isAtEnd = true
        sources[index].awaitedSince = nil
        hasNews = true
        if sources[index].queue.isEmpty, !isHolding { sources[index].processed = max(sources[index].processed, offset) }
    }

    /// Takes messages by record time; none when all queues are empty or have to wait for a sibling.
    mutating func takeBatch(_ limits: Limits, now: ContinuousClock.Instant) -> [KafkaMessage] {
        hasNews = false
        var batch: [KafkaMessage] = []
        while batch.count < limits.batch {
            var next: (index: Int, timestamp: Int64)?
            var horizon = Int64.max
            for index in sources.indices {
                if let timestamp = sources[index].queue.firstTimestamp {
                    if next.map({ timestamp < $0.timestamp }) ?? true { next = (index, timestamp) }
                } else if sources[index].hasUnreadData {
                    let since = sources[index].awaitedSince ?? now
                    sources[index].awaitedSince = since
                    guard now - since < limits.siblingWait else { continue }
                    // Producers choose the times of their records: any number there is.
                    let last = min(
                        sources[index].lastTimestamp ?? -limits.leadMilliseconds,
                        .max - limits.leadMilliseconds
                    )
                    horizon = min(horizon, last + limits.leadMilliseconds)
                }
            }
            guard let next, next.timestamp <= horizon else { break }
            batch.append(sources[next.index].queue.removeFirst())
        }
        return batch
    }

    /// Notes that the effects of `batch` are durable.
    mutating func finish(_ batch: [KafkaMessage]) {
        for message in batch {
            guard let index = sources.firstIndex(where: { $0.name.topic == message.topic }) else { continue }
            sources[index].processed = max(sources[index].processed, message.offset + 1)
        }
        for index in sources.indices where sources[index].isAtEnd && sources[index].queue.isEmpty {
            sources[index].processed = max(sources[index].processed, sources[index].position)
        }
    }

    /// Goes back: to the given offsets, and with the other sources to what is durable, since a batch mixes them.
    mutating func rewind(to offsets: [KafkaTopicPartition: Int64]) {
        epoch += 1
        for index in sources.indices {
            let offset = offsets[sources[index].name] ?? sources[index].processed
            sources[index].queue.removeAll()
            sources[index].position = offset
            sources[index].processed = offset
            sources[index].lastTimestamp = nil
            sources[index].isAtEnd = false
            sources[index].awaitedSince = nil
        }
    }

    /// The task to resume, if it waits and there is news.
    mutating func takeWaiter() -> CheckedContinuation<Void, Never>? {
        guard hasNews else { return nil }
        defer { waiter = nil }
        return waiter
    }

    /// Has another look at a lane whose head waits for a sibling.
    mutating func noteTimePassed() {
        if sources.contains(where: { $0.awaitedSince != nil }) { hasNews = true }
    }

    func isFull(_ index: Int, _ limits: Limits) -> Bool {
        sources[index].queue.count >= limits.messages || sources[index].queue.byteCount >= limits.bytes
    }

    func isHalfEmpty(_ index: Int, _ limits: Limits) -> Bool {
        sources[index].queue.count <= limits.messages / 2 && sources[index].queue.byteCount <= limits.bytes / 2
    }
}
