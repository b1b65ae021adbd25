import CRDKafka
import Dispatch
public import Logging
import NIOConcurrencyHelpers
import Threading

/// Reads whole topics without a group: every partition or some, from offsets of the caller's choice.
///
/// A dedicated thread polls and hands over one batch at a time, so a slow reader holds librdkafka's prefetch back instead
/// of filling memory. Nothing is committed.
public final class KafkaReader: Sendable {
    /// Where reading begins.
    public enum Start: Sendable {
        /// At the oldest message of each partition.
        case beginning
        /// After the newest message of each partition.
        case end
        /// At these offsets; partitions that are not named begin at their oldest message.
        case offsets([KafkaTopicPartition: Int64])
    }

    private struct State {
        var batch: [KafkaMessage]?
        /// Where the reader is once the batch has been handed over.
        var nextPositions: [KafkaTopicPartition: Int64] = [:]
        var positions: [KafkaTopicPartition: Int64] = [:]
        var unread: Set<KafkaTopicPartition>
        var waiter: CheckedContinuation<Void, Never>?
        var isClosing = false
        var hasEnded = false
        var failure: KafkaError?
        var closeWaiters: [CheckedContinuation<Void, Never>] = []
    }

    private let handle: KafkaHandle
    private let maxBatch: Int
    private let partitions: [KafkaTopicPartition]
    private let state: NIOLockedValueBox<State>
    private let batchTaken = DispatchSemaphore(value: 0)
    private let queue: ConsumerQueue

    /// Looks the topics up and begins to read; they have to exist.
    ///
    /// All partitions are read unless `chosen` names some.
    public init(
        settings: KafkaClientSettings,
        topics: [String],
        partitions chosen: Set<Int32>? = nil,
        from start: Start,
        maxBatch: Int = 1000,
        logger: Logger
    ) async throws(KafkaError) {
        // librdkafka wants a group's name to read at all; it is never joined and nothing is committed to it.
        let properties = ClientProperties.consumer(settings, group: "freshet-reader")
        let handle = try KafkaHandle(RD_KAFKA_CONSUMER, properties: properties, logger: logger)
        self.handle = handle
        self.maxBatch = maxBatch
        queue = ConsumerQueue(handle)
        let metadata = try await DedicatedThread.run { KafkaMetadata.read(handle, timeout: .seconds(10)) }.get()
        var starts: [KafkaTopicPartition: Int64] = [:]
        for topic in topics {
            guard let found = metadata.topics[topic] else {
                throw KafkaError(code: .unknownTopic, message: "no topic \(topic)", isRetriable: true)
            }
            for number in 0..<Int32(clamping: found.partitionCount) where chosen?.contains(number) ?? true {
                let name = KafkaTopicPartition(topic: topic, partition: number)
                switch start {
                case .beginning: starts[name] = Int64(RD_KAFKA_OFFSET_BEGINNING)
                case .end: starts[name] = Int64(RD_KAFKA_OFFSET_END)
                case .offsets(let offsets): starts[name] = offsets[name] ?? Int64(RD_KAFKA_OFFSET_BEGINNING)
                }
            }
        }
        partitions = starts.keys.sorted()
        state = NIOLockedValueBox(State(unread: Set(partitions)))
        let status = TopicPartitionList(starts).lend { rd_kafka_assign(handle.pointer, $0) }
        guard status == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(status, "assign") }
        DedicatedThread.start { self.pollUntilClosed() }
    }

    /// Waits for messages; `nil` after ``close()``.
    ///
    /// One caller at a time. An empty batch says that every partition has just been read to its end.
    public func nextBatch() async throws(KafkaError) -> [KafkaMessage]? {
        while true {
            let taken: Result<[KafkaMessage]?, KafkaError>? = state.withLockedValue { state in
                if let batch = state.batch {
                    state.batch = nil
                    state.positions = state.nextPositions
                    return .success(batch)
                }
                if let failure = state.failure { return .failure(failure) }
                return state.hasEnded || state.isClosing ? .success(nil) : nil
            }
            if let taken {
                batchTaken.signal()
                return try taken.get()
            }
            await withCheckedContinuation { continuation in
                let isWaiting = state.withLockedValue { state in
                    guard state.batch == nil, !state.hasEnded, !state.isClosing else { return false }
                    state.waiter = continuation
                    return true
                }
                if !isWaiting { continuation.resume() }
            }
        }
    }

    /// The offset after the last message that was handed over, or after what is nobody's message behind it.
    public var positions: [KafkaTopicPartition: Int64] { state.withLockedValue { $0.positions } }

    /// The oldest offset and the one after the newest of every partition, asked of the brokers.
    public func watermarks() async throws(KafkaError) -> [KafkaTopicPartition: (low: Int64, high: Int64)] {
        let (handle, partitions) = (handle, partitions)
        let answers = await DedicatedThread.run {
            partitions.map { ($0, handle.watermarks(of: $0, timeout: .seconds(5))) }
        }
        var watermarks: [KafkaTopicPartition: (low: Int64, high: Int64)] = [:]
        for (name, answer) in answers { watermarks[name] = try answer.get() }
        return watermarks
    }

    /// Stops reading; a waiting ``nextBatch()`` returns `nil`.
    public func close() async {
        let waiter = state.withLockedValue { state in
            state.isClosing = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
        batchTaken.signal()
        queue.wakeReader()
        await withCheckedContinuation { continuation in
            let isWaiting = state.withLockedValue { state in
                if !state.hasEnded { state.closeWaiters.append(continuation) }
                return !state.hasEnded
            }
            if !isWaiting { continuation.resume() }
        }
    }

    private func pollUntilClosed() {
        var names: [OpaquePointer: String] = [:]
        while !state.withLockedValue({ $0.isClosing || $0.failure != nil }) {
            var messages: [KafkaMessage] = []
            var positions: [KafkaTopicPartition: Int64] = [:]
            var ended: [KafkaTopicPartition] = []
            var count = 0
            while count < maxBatch, let polled = rd_kafka_consumer_poll(handle.pointer, count == 0 ? 100 : 0) {
                defer { rd_kafka_message_destroy(polled) }
                count += 1
                guard let topic = polled.pointee.rkt else {
                    note(polled)
                    continue
                }
                let text = names[topic] ?? String(cString: rd_kafka_topic_name(topic))
                names[topic] = text
                let name = KafkaTopicPartition(topic: text, partition: polled.pointee.partition)
                switch polled.pointee.err {
                case RD_KAFKA_RESP_ERR_NO_ERROR:
                    messages.append(KafkaMessage(copying: polled, topic: text))
                    positions[name] = polled.pointee.offset + 1
                case RD_KAFKA_RESP_ERR__PARTITION_EOF:
                    positions[name] = polled.pointee.offset
                    ended.append(name)
                default: note(polled)
                }
            }
            if count > 0 { hand(over: messages, positions, ended) }
        }
        end()
    }

    private func note(_ message: UnsafeMutablePointer<rd_kafka_message_t>) {
        let error = KafkaError(message.pointee.err, rd_kafka_message_errstr(message).map { String(cString: $0) })
        handle.context.note(error: message.pointee.err, reason: error.message)
        if !error.isRetriable, error.code != .broker(RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED.rawValue) {
            state.withLockedValue { $0.failure = error }
        }
    }

    private func hand(
        over messages: [KafkaMessage],
        _ positions: [KafkaTopicPartition: Int64],
        _ ended: [KafkaTopicPartition]
    ) {
        let isEndOfAll = state.withLockedValue { state in
            state.nextPositions.merge(positions) { max($0, $1) }
            for message in messages { state.unread.insert(message.topicPartition) }
            let wasUnread = !state.unread.isEmpty
            state.unread.subtract(ended)
            if messages.isEmpty { state.positions = state.nextPositions }
            // The end of everything is news only once.
            return wasUnread && state.unread.isEmpty
        }
        if !messages.isEmpty { put(messages) }
        if isEndOfAll { put([]) }
    }

    private func put(_ batch: [KafkaMessage]) {
        let waiter = state.withLockedValue { state in
            state.batch = batch
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
        waitUntilTaken()
    }

    /// Blocks while the batch waits; a closed reader does not wait.
    private func waitUntilTaken() {
        while state.withLockedValue({ $0.batch != nil && !$0.isClosing }) {
            _ = batchTaken.wait(timeout: .now() + .seconds(5))
            // librdkafka must not think that the reader has died; nothing can arrive, for there is no second slot.
            if state.withLockedValue({ $0.batch != nil && !$0.isClosing }) { keepAlive() }
        }
    }

    private func keepAlive() {
        let list = TopicPartitionList(partitions)
        _ = list.lend { rd_kafka_pause_partitions(handle.pointer, $0) }
        while let polled = rd_kafka_consumer_poll(handle.pointer, 0) { rd_kafka_message_destroy(polled) }
        _ = list.lend { rd_kafka_resume_partitions(handle.pointer, $0) }
    }

    private func end() {
        rd_kafka_consumer_close(handle.pointer)
        let waiters = state.withLockedValue { state in
            state.hasEnded = true
            let waiters = state.closeWaiters + (state.waiter.map { [$0] } ?? [])
            state.closeWaiters = []
            state.waiter = nil
            return waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
