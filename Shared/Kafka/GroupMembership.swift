import CRDKafka
import Dispatch
import Logging
import NIOConcurrencyHelpers

/// What the polling thread, the workers' loops and the public face of a consumer group share.
///
/// Locks carry data; continuations, the semaphore and librdkafka's queue only signal.
final class GroupMembership: Sendable {
    enum Command: Sendable {
        case assign(generation: Int)
        case rewind([KafkaTopicPartition: Int64], CheckedContinuation<Void, Never>)
        case resume
        case shutdown
    }

    struct State {
        var limits: PartitionLane.Limits
        /// Rises with each assignment and each revocation; what belongs to an older one is dropped.
        var generation = 0
        var assigned: [KafkaTopicPartition] = []
        /// What transactions show for the current assignment.
        var membership: KafkaGroupMembership?
        /// The lanes of the current assignment, once it is ready.
        var lanes: [Int32: PartitionLane] = [:]
        var isReading = false
        /// Lanes take nothing more; they end.
        var isStopping = false
        var generationWaiters: [CheckedContinuation<Void, Never>] = []
        var commands: [Command] = []
        var toResume: Set<KafkaTopicPartition> = []
        var retentionLost: [KafkaTopicPartition: Int64] = [:]
        var preparationFailure: String?
        var commitFailure: String?
        var consumed = 0
        var repeated = 0
        var rebalances = 0
        var failure: (any Error)?
        var hasStarted = false
        var isShuttingDown = false
        var hasEnded = false
        var endWaiters: [CheckedContinuation<Void, Never>] = []
    }

    let handle: KafkaHandle
    let options: KafkaConsumerGroup.Options
    let makeWorker: @Sendable (Int32, KafkaGroupMembership?) async throws -> any KafkaPartitionWorker
    let startsAtEnd: Bool
    let logger: Logger
    let state: NIOLockedValueBox<State>
    /// Signalled when a batch leaves its worker while the polling thread waits for that.
    let laneFreed = DispatchSemaphore(value: 0)
    let generations: AsyncStream<Int>
    let generationBegins: AsyncStream<Int>.Continuation
    private let queue: ConsumerQueue

    init(
        handle: KafkaHandle,
        options: KafkaConsumerGroup.Options,
        startsAtEnd: Bool,
        logger: Logger,
        makeWorker: @escaping @Sendable (Int32, KafkaGroupMembership?) async throws -> any KafkaPartitionWorker
    ) {
        self.handle = handle
        self.makeWorker = makeWorker
        self.options = options
        self.startsAtEnd = startsAtEnd
        self.logger = logger
        queue = ConsumerQueue(handle)
        state = NIOLockedValueBox(State(limits: PartitionLane.Limits(options, partitions: 1)))
        (generations, generationBegins) = AsyncStream.makeStream()
    }

    /// Hands a command to the polling thread and wakes it.
    func post(_ command: Command) {
        let hasEnded = state.withLockedValue { state in
            if !state.hasEnded { state.commands.append(command) }
            return state.hasEnded
        }
        if hasEnded, case .rewind(_, let continuation) = command { continuation.resume() }
        if !hasEnded { queue.wakeReader() }
    }

    /// Ends the group because of `error`, which ``KafkaConsumerGroup/run()`` throws.
    func fail(_ error: any Error) {
        state.withLockedValue { if $0.failure == nil { $0.failure = error } }
        post(.shutdown)
    }

    func isCurrent(_ generation: Int) -> Bool {
        state.withLockedValue { $0.generation == generation && !$0.isStopping }
    }

    /// Waits until `generation` is over.
    func end(of generation: Int) async {
        await withCheckedContinuation { continuation in
            let isWaiting = state.withLockedValue { state in
                guard state.generation == generation else { return false }
                state.generationWaiters.append(continuation)
                return true
            }
            if !isWaiting { continuation.resume() }
        }
    }
}

/// The queue that a consumer polls, to be able to wake the poll.
///
/// `@unchecked Sendable`: the pointer never changes and librdkafka's API is thread-safe.
final class ConsumerQueue: @unchecked Sendable {
    private let handle: KafkaHandle
    private let pointer: OpaquePointer?

    init(_ handle: KafkaHandle) {
        self.handle = handle
        rd_kafka_poll_set_consumer(handle.pointer)
        pointer = rd_kafka_queue_get_consumer(handle.pointer)
    }

    deinit {
        rd_kafka_queue_destroy(pointer)
    }

    func wakeReader() { rd_kafka_queue_yield(pointer) }
}
