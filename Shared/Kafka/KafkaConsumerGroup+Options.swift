/// What a group has committed for a partition, and what the broker still has of it.
public struct KafkaCommitted: Sendable, Hashable {
    /// The next offset to read; `nil` when the group has committed nothing.
    public var offset: Int64?
    /// The text that was committed with it.
    public var metadata: String?
    /// The oldest offset that the broker has; `nil` when it did not say.
    public var low: Int64?
    /// The offset that the next message will get; `nil` when the broker did not say.
    public var high: Int64?

    /// Creates a value, as tests do.
    public init(offset: Int64?, metadata: String? = nil, low: Int64? = nil, high: Int64? = nil) {
        self.offset = offset
        self.metadata = metadata
        self.low = low
        self.high = high
    }
}

/// Stops a consumer group: thrown by a worker or a hook, it ends ``KafkaConsumerGroup/run()`` with this error.
///
/// Every other error means "not now": the group backs off and tries the same again.
public struct KafkaConsumptionRefused: Error, Sendable, CustomStringConvertible {
    /// What is wrong and what to do.
    public var reason: String

    /// Creates the error.
    public init(_ reason: String) {
        self.reason = reason
    }

    /// The reason.
    public var description: String { reason }
}

/// Serves one partition number of all topics of a group.
public protocol KafkaPartitionWorker: Sendable {
    /// Processes messages and returns when their effects are durable.
    ///
    /// The messages are in record-time order across the partition's topics and ascending within each. When this throws,
    /// the group backs off and hands in the same batch again, while it goes on polling.
    func process(_ batch: [KafkaMessage]) async throws

    /// The partition was taken away, or the group ends: drop caches.
    func stop() async
}

extension KafkaConsumerGroup {
    /// How a group reads.
    public struct Options: Sendable {
        /// The consumer group's name.
        public var group: String
        /// The topics; all of them have the same number of partitions.
        public var topics: [String]
        /// The most messages a worker gets at once.
        public var maxBatch = 500
        /// How often finished offsets are committed.
        public var commitInterval: Duration = .seconds(1)
        /// The most messages that wait per topic partition; then it pauses until half are gone.
        public var maxBufferedMessages = 10_000
        /// The most bytes that wait in all assigned partitions together, shared out evenly.
        public var maxBufferedBytes = 128 << 20
        /// How far, by record time, a topic partition may run ahead of a sibling that has data.
        public var maxTimeLead: Duration = .seconds(10)
        /// How long a partition waits for a sibling whose data does not come, as when its leader is away.
        public var maxSiblingWait: Duration = .seconds(5)
        /// How long a revoked partition's batch in flight may take to finish before the partition goes without it.
        public var revokeTimeout: Duration = .seconds(5)
        /// How long ``KafkaConsumerGroup/shutdown()`` takes at most.
        public var shutdownTimeout: Duration = .seconds(10)
        /// The longest pause before a failed batch is tried again.
        public var maxBackOff: Duration = .seconds(5)
        /// Whether the group commits by itself; not where a transaction does it (``KafkaTransactionalProducer``).
        public var commitsOffsets = true
        /// The text to commit with a partition's offset; called on the polling thread, so it only reads memory.
        public var commitMetadata: (@Sendable (KafkaTopicPartition) -> String?)?
        /// Sees what was committed when partitions are assigned; offsets that it returns are where reading starts instead.
        ///
        /// An error is tried again with back-off; ``KafkaConsumptionRefused`` ends the group.
        public var onAssignment:
            (
                @Sendable ([KafkaTopicPartition: KafkaCommitted]) async throws -> [KafkaTopicPartition: Int64]
            )?

        /// Creates options.
        public init(group: String, topics: [String]) {
            self.group = group
            self.topics = topics
        }
    }
}
