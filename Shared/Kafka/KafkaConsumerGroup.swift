public import Logging
import CRDKafka
import NIOConcurrencyHelpers
import Threading

/// A member of a consumer group; one worker per partition number serves that partition of all topics.
///
/// At least once: what a worker has finished is committed on an interval, when partitions are revoked, and at the end; what
/// it has not is read again. The member's own thread polls on, whatever the workers do.
public final class KafkaConsumerGroup: Sendable {
    let membership: GroupMembership
    private let logger: Logger

    /// Makes a member; it joins in ``run()``.
    ///
    /// `makeWorker` is called for each partition number of an assignment; when it throws, it is called again later.
    public convenience init(
        settings: KafkaClientSettings,
        options: Options,
        logger: Logger,
        makeWorker: @escaping @Sendable (_ partition: Int32) async throws -> any KafkaPartitionWorker
    ) throws(KafkaError) {
        try self.init(
            settings: settings,
            options: options,
            logger: logger,
            makeTransactionalWorker: { partition, _ in try await makeWorker(partition) }
        )
    }

    /// Makes a member whose workers know its part in the group, for transactions; it joins in ``run()``.
    ///
    /// The membership is that of the worker's own assignment, and `nil` unless ``Options/commitsOffsets`` is off.
    public init(
        settings: KafkaClientSettings,
        options: Options,
        logger: Logger,
        makeTransactionalWorker:
            @escaping @Sendable (_ partition: Int32, KafkaGroupMembership?) async throws -> any KafkaPartitionWorker
    ) throws(KafkaError) {
        let properties = ClientProperties.consumer(settings, group: options.group)
        let handle = try KafkaHandle(RD_KAFKA_CONSUMER, properties: properties, logger: logger)
        membership = GroupMembership(
            handle: handle,
            options: options,
            startsAtEnd: ["latest", "largest", "end"].contains(properties["auto.offset.reset"]),
            logger: logger,
            makeWorker: makeTransactionalWorker
        )
        self.logger = logger
    }

    /// Joins the group and works until ``shutdown()``; call it once.
    ///
    /// Throws when it cannot go on: a fatal error of the client, topics with different numbers of partitions, or
    /// ``KafkaConsumptionRefused``. Cancelling the task is a shutdown.
    public func run() async throws {
        let membership = membership
        try await withTaskCancellationHandler {
            guard try await topicsExist() else { return }
            let isStarting = membership.state.withLockedValue { state in
                precondition(!state.hasStarted, "a consumer group runs once")
                if state.isShuttingDown { return false }
                state.hasStarted = true
                return true
            }
            guard isStarting else { return }
            DedicatedThread.start { GroupPoller(membership).run() }
            for await generation in membership.generations { await membership.serve(generation) }
            if let failure = membership.state.withLockedValue({ $0.failure }) { throw failure }
        } onCancel: {
            membership.beginShutdown()
        }
    }

    /// Finishes batches in flight, commits, and leaves the group; bounded by ``Options/shutdownTimeout``.
    public func shutdown() async {
        let membership = membership
        membership.beginShutdown()
        await withCheckedContinuation { continuation in
            let isWaiting = membership.state.withLockedValue { state in
                guard state.hasStarted, !state.hasEnded else { return false }
                state.endWaiters.append(continuation)
                return true
            }
            if !isWaiting { continuation.resume() }
        }
    }

    /// Goes back to older offsets and reads on from there; returns when reading has been redirected.
    ///
    /// The other topics of the same partition numbers go back to what is durable. Offsets of partitions that are not
    /// assigned are ignored. A worker may call it.
    public func rewind(to offsets: [KafkaTopicPartition: Int64]) async {
        guard membership.state.withLockedValue({ $0.hasStarted }) else { return }
        await withCheckedContinuation { membership.post(.rewind(offsets, $0)) }
    }

    /// Whether all topics are there; waits for missing ones, and ends the wait at a shutdown.
    private func topicsExist() async throws -> Bool {
        let handle = membership.handle
        let topics = membership.options.topics
        var backoff = Backoff(maximum: .seconds(2))
        while !membership.state.withLockedValue({ $0.isShuttingDown }) {
            switch await DedicatedThread.run({ KafkaMetadata.read(handle, timeout: .seconds(2)) }) {
            case .success(let metadata):
                let missing = topics.filter { metadata.topics[$0] == nil }
                try metadata.requireSamePartitionCount(topics)
                if missing.isEmpty { return true }
                membership.noteWaiting("waits for topics: \(missing.joined(separator: ", "))")
            case .failure(let error):
                membership.noteWaiting("\(error)")
            }
            if backoff.failures == 0 { logger.notice("waiting for the brokers to have all topics") }
            await backoff.pause()
        }
        return false
    }
}

extension GroupMembership {
    func beginShutdown() {
        state.withLockedValue { $0.isShuttingDown = true }
        post(.shutdown)
    }

    func noteWaiting(_ reason: String) { state.withLockedValue { $0.preparationFailure = reason } }
}

extension KafkaMetadata {
    /// Co-partitioned topics have equally many partitions.
    func requireSamePartitionCount(_ names: [String]) throws(KafkaError) {
        let counts = names.compactMap { name in topics[name].map { (name, $0.partitionCount) } }
        guard Set(counts.map(\.1)).count > 1 else { return }
        throw KafkaError(
            code: .wrongPartitionCount,
            message: "topics of one group need the same number of partitions: "
                + counts.map { "\($0.0) has \($0.1)" }.joined(separator: ", "),
            isRetriable: false
        )
    }
}
