import CRDKafka
import Dispatch
import Logging
import NIOConcurrencyHelpers

/// The polling thread of a consumer group: it alone polls, assigns, pauses and commits.
///
/// Lives on its thread; it never waits for a worker except, bounded, when partitions are revoked.
final class GroupPoller {
    let membership: GroupMembership
    let handle: KafkaHandle
    private let commits: CommitQueue
    private var topicNames: [OpaquePointer: String] = [:]
    private var nextCommit = ContinuousClock.now
    private var nextLook = ContinuousClock.now
    private var isOver = false

    init(_ membership: GroupMembership) {
        self.membership = membership
        handle = membership.handle
        commits = CommitQueue(handle)
    }

    func run() {
        let topics = TopicPartitionList(
            membership.options.topics.map { KafkaTopicPartition(topic: $0, partition: RD_KAFKA_PARTITION_UA) }
        )
        let status = topics.lend { rd_kafka_subscribe(handle.pointer, $0) }
        if status != RD_KAFKA_RESP_ERR_NO_ERROR { membership.fail(KafkaError(status, "subscribe")) }
        while !isOver {
            obeyCommands()
            if isOver { break }
            drain()
            handle.context.takeRebalances().forEach(rebalance)
            let now = ContinuousClock.now
            if now >= nextLook { look(now) }
            if now >= nextCommit { commit(now) }
            note(commits.answers(waiting: .zero))
            if let reason = handle.context.fatalError, membership.state.withLockedValue({ $0.failure == nil }) {
                membership.fail(KafkaError(code: .fatal, message: reason, isRetriable: false))
            }
        }
    }

    // MARK: Commands

    private func obeyCommands() {
        let commands = membership.state.withLockedValue { state in
            defer { state.commands = [] }
            return state.commands
        }
        for command in commands {
            switch command {
            case .assign(let generation): assign(generation)
            case .rewind(let offsets, let continuation):
                rewind(to: offsets)
                continuation.resume()
            case .resume: resume()
            case .shutdown: shutDown()
            }
        }
    }

    private func assign(_ generation: Int) {
        let starts: [KafkaTopicPartition: Int64]? = membership.state.withLockedValue { state in
            guard state.generation == generation, !state.isStopping else { return nil }
            state.isReading = true
            return state.positions
        }
        if let starts { assign(starts) }
    }

    private func assign(_ starts: [KafkaTopicPartition: Int64]) {
        let list = TopicPartitionList(starts)
        let status = list.lend { rd_kafka_assign(handle.pointer, $0) }
        if status != RD_KAFKA_RESP_ERR_NO_ERROR { membership.fail(KafkaError(status, "assign")) }
    }

    private func rewind(to offsets: [KafkaTopicPartition: Int64]) {
        let (starts, paused): ([KafkaTopicPartition: Int64]?, [KafkaTopicPartition]) = membership.state.withLockedValue
        { state in
            guard state.isReading else { return (nil, []) }
            let partitions = Set(offsets.keys.map(\.partition))
            for partition in partitions where state.lanes[partition] != nil {
                state.lanes[partition]?.rewind(to: offsets)
            }
            return (state.positions, state.takePaused())
        }
        guard let starts else { return }
        // Assigning the same partitions anew is the seek that drops what librdkafka has prefetched.
        if !paused.isEmpty { _ = TopicPartitionList(paused).lend { rd_kafka_resume_partitions(handle.pointer, $0) } }
        assign(starts)
    }

    private func resume() {
        let partitions = membership.state.withLockedValue { state in
            defer { state.toResume = [] }
            for name in state.toResume { state.setPaused(name, false) }
            return state.toResume
        }
        if !partitions.isEmpty {
            _ = TopicPartitionList(partitions).lend { rd_kafka_resume_partitions(handle.pointer, $0) }
        }
    }

    // MARK: Messages

    /// Blocks for the first message only, then takes what is already there.
    private func drain() {
        var messages: [KafkaMessage] = []
        var ends: [(name: KafkaTopicPartition, offset: Int64)] = []
        var count = 0
        while count < 2000, let polled = rd_kafka_consumer_poll(handle.pointer, count == 0 ? 100 : 0) {
            defer { rd_kafka_message_destroy(polled) }
            count += 1
            switch polled.pointee.err {
            case RD_KAFKA_RESP_ERR_NO_ERROR:
                messages.append(KafkaMessage(copying: polled, topic: topicName(polled.pointee.rkt)))
            case RD_KAFKA_RESP_ERR__PARTITION_EOF:
                let name = KafkaTopicPartition(
                    topic: topicName(polled.pointee.rkt),
                    partition: polled.pointee.partition
                )
                ends.append((name, polled.pointee.offset))
            default:
                let reason = rd_kafka_message_errstr(polled).map { String(cString: $0) } ?? ""
                handle.context.note(error: polled.pointee.err, reason: reason)
            }
        }
        if count > 0 { pass(messages, ends) }
    }

    private func pass(_ messages: [KafkaMessage], _ ends: [(name: KafkaTopicPartition, offset: Int64)]) {
        let (waiters, full) = membership.state.withLockedValue {
            (state) -> ([CheckedContinuation<Void, Never>], [KafkaTopicPartition]) in
            var full: [KafkaTopicPartition] = []
            let limits = state.limits
            guard state.isReading, !state.isStopping else { return ([], full) }
            state.consumed += messages.count
            for message in messages {
                guard let index = state.lanes[message.partition]?.index(of: message.topic) else { continue }
                let isNew = state.lanes[message.partition]?.append(message, to: index) ?? false
                if !isNew { state.repeated += 1 }
                if state.lanes[message.partition]?.pauseIfFull(index, limits) ?? false {
                    full.append(message.topicPartition)
                }
            }
            for (name, offset) in ends {
                guard let index = state.lanes[name.partition]?.index(of: name.topic) else { continue }
                state.lanes[name.partition]?.reachedEnd(of: index, at: offset)
            }
            return (state.takeWaiters(), full)
        }
        for waiter in waiters { waiter.resume() }
        if !full.isEmpty { _ = TopicPartitionList(full).lend { rd_kafka_pause_partitions(handle.pointer, $0) } }
    }

    private func topicName(_ topic: OpaquePointer?) -> String {
        guard let topic else { return "" }
        if let name = topicNames[topic] { return name }
        let name = String(cString: rd_kafka_topic_name(topic))
        topicNames[topic] = name
        return name
    }

    /// Twice a second: watermarks, and lanes that wait for a sibling.
    private func look(_ now: ContinuousClock.Instant) {
        nextLook = now + .milliseconds(500)
        let names = membership.state.withLockedValue { $0.isReading ? $0.assigned : [] }
        let watermarks = names.compactMap { name in handle.cachedWatermarks(of: name).map { (name, $0) } }
        let waiters = membership.state.withLockedValue { state in
            for (name, watermark) in watermarks { state.note(watermark, of: name) }
            for partition in state.lanes.keys { state.lanes[partition]?.noteTimePassed() }
            return state.takeWaiters()
        }
        for waiter in waiters { waiter.resume() }
    }

    // MARK: Commits

    private func commit(_ now: ContinuousClock.Instant) {
        nextCommit = now + membership.options.commitInterval
        if membership.options.commitsOffsets { commits.send(membership.takeCommits()) }
    }

    private func note(_ answers: [CommitQueue.Answer]) {
        guard !answers.isEmpty else { return }
        membership.state.withLockedValue { state in
            for answer in answers { state.note(answer) }
        }
    }

    private func commitAndWait(until deadline: ContinuousClock.Instant) {
        guard membership.options.commitsOffsets else { return }
        commits.send(membership.takeCommits())
        while commits.isWaiting, ContinuousClock.now < deadline { note(commits.answers(waiting: .milliseconds(100))) }
    }

    // MARK: Rebalances and the end

    private func rebalance(_ rebalance: ClientContext.Rebalance) {
        if rebalance.isAssignment {
            // librdkafka does not join another generation before this one has been answered by an assignment.
            let part = membership.options.commitsOffsets ? nil : KafkaGroupMembership(of: handle)
            let generation = membership.state.withLockedValue { state in
                state.generation += 1
                state.membership = part
                state.rebalances += 1
                state.isStopping = false
                state.assigned = rebalance.partitions.sorted()
                return state.generation
            }
            membership.logger.info(
                "partitions assigned",
                metadata: ["kafka.group": "\(membership.options.group)", "count": "\(rebalance.partitions.count)"]
            )
            // A member without partitions has to say so as well.
            if rebalance.partitions.isEmpty { assign([:]) }
            membership.generationBegins.yield(generation)
        } else {
            release(isLost: rebalance.isLost, timeout: membership.options.revokeTimeout)
            rd_kafka_assign(handle.pointer, nil)
            membership.logger.info("partitions revoked", metadata: ["kafka.group": "\(membership.options.group)"])
        }
    }

    /// Ends the lanes: waits for batches in flight, commits what is finished, forgets the rest.
    private func release(isLost: Bool, timeout: Duration) {
        let deadline = ContinuousClock.now + timeout
        let waiters = membership.state.withLockedValue { state in
            state.isStopping = true
            return state.takeAllWaiters()
        }
        for waiter in waiters { waiter.resume() }
        if !isLost {
            while membership.state.withLockedValue({ $0.lanes.values.contains(where: \.isBusy) }) {
                let left = ContinuousClock.now.duration(to: deadline).milliseconds
                guard left > 0 else { break }
                _ = membership.laneFreed.wait(timeout: .now() + .milliseconds(Int(min(left, 100))))
            }
            commitAndWait(until: deadline + .seconds(1))
        }
        let (ended, paused) = membership.state.withLockedValue { state in
            let paused = state.takePaused()
            state.generation += 1
            state.isReading = false
            state.assigned = []
            state.membership = nil
            state.lanes = [:]
            state.toResume = []
            state.preparationFailure = nil
            defer { state.generationWaiters = [] }
            return (state.generationWaiters, paused)
        }
        // librdkafka would still hold them back when they come again.
        if !paused.isEmpty { _ = TopicPartitionList(paused).lend { rd_kafka_resume_partitions(handle.pointer, $0) } }
        for waiter in ended { waiter.resume() }
    }

    private func shutDown() {
        guard !isOver else { return }
        isOver = true
        let deadline = ContinuousClock.now + membership.options.shutdownTimeout
        release(isLost: false, timeout: min(membership.options.revokeTimeout, membership.options.shutdownTimeout))
        closeConsumer(by: deadline)
        let waiters = membership.state.withLockedValue { state in
            state.hasEnded = true
            for case .rewind(_, let continuation) in state.commands { state.endWaiters.append(continuation) }
            state.commands = []
            defer { state.endWaiters = [] }
            return state.endWaiters
        }
        membership.generationBegins.finish()
        for waiter in waiters { waiter.resume() }
    }

    /// Leaves the group, so that others take over at once; gives up at the deadline.
    ///
    /// The queue is polled for events: messages may still come, and serving callbacks from it aborts on them (librdkafka
    /// 2.0.2 asserts that no operation is passed on).
    private func closeConsumer(by deadline: ContinuousClock.Instant) {
        let queue = rd_kafka_queue_new(handle.pointer)
        defer { rd_kafka_queue_destroy(queue) }
        if let error = KafkaError(consuming: rd_kafka_consumer_close_queue(handle.pointer, queue)) {
            membership.logger.warning("cannot close the consumer", metadata: ["error": "\(error)"])
            return
        }
        while rd_kafka_consumer_closed(handle.pointer) == 0, ContinuousClock.now < deadline {
            guard let event = rd_kafka_queue_poll(queue, 50) else { continue }
            if rd_kafka_event_type(event) == RD_KAFKA_EVENT_REBALANCE { rd_kafka_assign(handle.pointer, nil) }
            rd_kafka_event_destroy(event)
        }
    }
}
