import NIOConcurrencyHelpers

extension KafkaConsumerGroup {
    /// What a member knows about itself, for readiness and lag metrics.
    public struct State: Sendable {
        /// One assigned topic partition.
        public struct Partition: Sendable, Hashable {
            /// The offset after the last message that was read.
            public var position: Int64
            /// The offset after the last message whose effects are durable.
            public var processed: Int64
            /// What the brokers keep for the group.
            public var committed: Int64?
            /// The oldest offset that the broker has.
            public var lowWatermark: Int64
            /// The offset that the next message will get.
            public var highWatermark: Int64
            /// Messages that are not processed yet.
            public var lag: Int64
            /// Messages that were read and wait.
            public var buffered: Int
            /// Whether reading pauses because enough messages wait.
            public var isPaused: Bool
        }

        /// The member's part in the group, for transactions; `nil` unless something else commits the offsets.
        public var membership: KafkaGroupMembership?
        /// Rises with each assignment and each revocation.
        public var generation = 0
        /// Whether partitions are assigned and read, or the member has been told that there are none for it.
        public var isReady = false
        /// The assigned partitions.
        public var partitions: [KafkaTopicPartition: Partition] = [:]
        /// Whether something is tried again and again: starting on an assignment, or a batch.
        public var isStalled = false
        /// Why it stalls, or what the brokers or librdkafka said last; `nil` when all is well.
        public var lastError: String?
        /// Messages that the brokers had deleted before they were read, and that nobody has taken note of.
        public var retentionLost: [KafkaTopicPartition: Int64] = [:]
        /// Messages read since the start.
        public var consumed = 0
        /// Messages among them that came twice and were dropped.
        public var repeated = 0
        /// Assignments since the start.
        public var rebalances = 0
        /// Whether the member has left.
        public var hasEnded = false
        /// What librdkafka last measured.
        public var statistics = KafkaStatistics()

        /// The sum of all partitions' lags.
        public var lag: Int64 { partitions.values.reduce(0) { $0 + $1.lag } }
    }

    /// The state now.
    public var state: State {
        let context = membership.handle.context
        return membership.state.withLockedValue { inner in
            var state = State()
            state.generation = inner.generation
            state.membership = inner.membership
            state.isReady =
                !inner.isStopping && !inner.hasEnded && inner.rebalances > 0
                && (inner.isReading || inner.assigned.isEmpty && inner.preparationFailure == nil)
            for lane in inner.lanes.values {
                for source in lane.sources {
                    state.partitions[source.name] = State.Partition(
                        position: source.position,
                        processed: source.processed,
                        committed: source.committed,
                        lowWatermark: source.low,
                        highWatermark: source.high,
                        lag: source.lag,
                        buffered: source.queue.count,
                        isPaused: source.isPaused
                    )
                }
            }
            let failure = inner.lanes.values.lazy.compactMap(\.failure).first
            state.isStalled = failure != nil || inner.preparationFailure != nil
            state.lastError =
                inner.failure.map { "\($0)" } ?? failure ?? inner.preparationFailure
                ?? context.lastError?.description ?? inner.commitFailure
            state.retentionLost = inner.retentionLost
            state.consumed = inner.consumed
            state.repeated = inner.repeated
            state.rebalances = inner.rebalances
            state.hasEnded = inner.hasEnded
            state.statistics = context.statistics
            return state
        }
    }

    /// Forgets these retention losses, because they have been noted elsewhere; what is lost meanwhile stays.
    public func acknowledgeRetentionLoss(_ noted: [KafkaTopicPartition: Int64]) {
        membership.state.withLockedValue { state in
            for (partition, count) in noted {
                let left = (state.retentionLost[partition] ?? 0) - count
                state.retentionLost[partition] = left > 0 ? left : nil
            }
        }
    }
}
