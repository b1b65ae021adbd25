public import Kafka
public import Logging
import NIOConcurrencyHelpers
public import Redis
public import Stores

/// Keeps the offsets of a consumer group and the state in Redis together: rules 6 and 7 of `docs/delivery.md`.
///
/// - On assignment it refuses to go on when the brokers have less than Redis says was processed.
/// - Each commit carries the identity of Redis and an offset from some seconds ago. When the identity has changed,
///   Redis may have lost what it had acknowledged last, state and fences alike: reading goes back to that offset.
/// - That offset only ages while Redis vouches for its identity (``RedisClient/identity()``) and its replicas are in step:
///   what was written to a master that others may have replaced is read again, however long that was unknown.
/// - A worker takes ``epoch`` when it begins a batch and calls ``require(_:)`` after each read and each conflict, so
///   that nothing is written to a Redis that was rolled back before reading has gone back too.
public final class ConsumerCheckpoint: Sendable {
    private struct Sample {
        var at: ContinuousClock.Instant
        var offsets: [KafkaTopicPartition: Int64]
    }

    private struct State {
        var epoch: Int
        var identity: RedisIdentity?
        /// Rises with each assignment.
        var assignment = 0
        /// Oldest first; all but the first are at most `window` old.
        var samples: [Sample] = []
    }

    private let redis: RedisClient
    private let progress: ProgressStore
    private let generations: [String: UInt32]
    private let window: Duration
    private let logger: Logger
    private let state: NIOLockedValueBox<State>

    /// Creates the checkpoint of a group.
    ///
    /// - Parameters:
    ///   - redis: where the state is.
    ///   - progress: where positions are noted.
    ///   - generations: the generation per topic.
    ///   - window: how much Redis may lose at most.
    ///   - logger: where a rollback is told.
    public init(
        redis: RedisClient,
        progress: ProgressStore,
        generations: [String: UInt32],
        window: Duration = .seconds(10),
        logger: Logger
    ) {
        self.redis = redis
        self.progress = progress
        self.generations = generations
        self.window = window
        self.logger = logger
        state = NIOLockedValueBox(State(epoch: redis.state.identityEpoch))
    }

    /// The incarnation of Redis that reading agrees with.
    public var epoch: Int { state.withLockedValue { $0.epoch } }

    /// Makes sure that Redis still is the one of `epoch`; throws an error that leads to another try after the rewind.
    public func require(_ epoch: Int) throws(StoreError) {
        guard redis.state.identityEpoch == epoch, self.epoch == epoch else {
            throw Self.replaced
        }
    }

    /// The text to commit with an offset: identity and the offset to go back to.
    ///
    /// `stateOffset` is up to where the state is written, where that may be below the offset that is committed.
    public func metadata(for partition: KafkaTopicPartition, stateOffset: Int64? = nil) -> String? {
        state.withLockedValue { state in
            guard let identity = state.identity, let offset = Self.rewindOffset(partition, state) else { return nil }
            return CommitNote(identity: identity.token, rewindOffset: offset, stateOffset: stateOffset).text
        }
    }

    /// Checks an assignment against Redis; answers where to start instead of the committed offsets.
    public func assigned(
        _ committed: [KafkaTopicPartition: KafkaCommitted]
    ) async throws -> [KafkaTopicPartition: Int64] {
        let identity = try await redis.identity()
        let now = redis.state
        // Identity and epoch must belong together: a change from here on is seen by `watch`.
        guard now.identity == identity else { throw Self.replaced }
        let noted = try await progress.positions(of: committed.keys.map { ($0.topic, $0.partition) })
        for position in noted where position.generation == generations[position.topic] {
            let partition = KafkaTopicPartition(topic: position.topic, partition: position.partition)
            guard let found = committed[partition] else { continue }
            if found.offset == nil, position.offset > 0 {
                throw KafkaConsumptionRefused(
                    "\(partition) was processed up to \(position.offset) and yet the group has no committed offset: "
                        + "was the group deleted, or is this another cluster? `freshet topics new-generation` starts over"
                )
            }
            if let high = found.high, high < position.offset {
                throw KafkaConsumptionRefused(
                    "\(partition) ends at \(high), before \(position.offset), which was processed: the brokers lost "
                        + "messages, or the topic was made anew; `freshet topics new-generation` starts over"
                )
            }
        }
        var starts: [KafkaTopicPartition: Int64] = [:]
        var rewound = 0
        // Where to go back to: the member before may have written until a moment ago.
        var offsets = committed.compactMapValues { $0.offset ?? $0.low }
        for (partition, found) in committed {
            guard let offset = found.offset, let note = found.metadata.flatMap(CommitNote.init) else { continue }
            // What retention has deleted below the committed offset was processed; what it has deleted above is a loss.
            let kept = { (older: Int64) in max(older, min(found.low ?? older, offset)) }
            if let start = note.start(in: identity.token).map(kept) {
                starts[partition] = start
                // A quiet partition has nothing to read again.
                if note.identity != identity.token, start < offset { rewound += 1 }
            }
            offsets[partition] = min(kept(note.oldestOffset), offset)
        }
        if rewound > 0 {
            logger.warning(
                "redis is another one since the last commit; reading goes back",
                metadata: [
                    "kafka.partitions": "\(rewound)"
                ]
            )
        }
        state.withLockedValue { state in
            state.epoch = now.identityEpoch
            state.identity = identity
            state.assignment += 1
            state.samples = [Sample(at: .now, offsets: offsets)]
        }
        return starts
    }

    /// Watches Redis for a restart or a failover and notes positions, until cancelled.
    public func watch(_ group: KafkaConsumerGroup) async {
        var ticks = 0
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(100))
            if redis.state.identityEpoch != epoch { await goBack(group) }
            ticks += 1
            if ticks.isMultiple(of: 10) { await sample(group) }
        }
    }

    private func goBack(_ group: KafkaConsumerGroup) async {
        guard let identity = try? await redis.identity() else { return }
        let now = redis.state
        guard now.identity == identity, group.state.isReady else { return }
        let partitions = group.state.partitions.keys
        let (isSame, assignment, offsets) = state.withLockedValue { state in
            let offsets = partitions.compactMap { partition in
                Self.rewindOffset(partition, state).map { (partition, $0) }
            }
            let targets = Dictionary(offsets) { min($0, $1) }
            return (state.identity == identity, state.assignment, targets)
        }
        if !isSame, !offsets.isEmpty {
            logger.warning(
                "redis was restarted or replaced; reading goes back",
                metadata: [
                    "kafka.partitions": "\(offsets.count)"
                ]
            )
            await group.rewind(to: offsets)
        }
        state.withLockedValue { state in
            // An assignment in between has had its own look at what was committed.
            guard state.assignment == assignment else { return }
            state.epoch = now.identityEpoch
            state.identity = identity
            // From here on only what is read anew is in this Redis.
            if !isSame { state.samples = [Sample(at: .now, offsets: offsets)] }
        }
    }

    private func sample(_ group: KafkaConsumerGroup) async {
        let (at, before) = (ContinuousClock.now, state.withLockedValue { ($0.assignment, $0.epoch) })
        let offsets = group.state.partitions.mapValues(\.processed)
        guard !offsets.isEmpty else { return }
        if let identity = try? await redis.identity(), redis.state.replicationLag == nil {
            state.withLockedValue { state in
                guard state.identity == identity, before == (state.assignment, state.epoch) else { return }
                state.samples.append(Sample(at: at, offsets: offsets))
                // The newest sample older than the window is the one to go back to; what is before it has no use.
                while state.samples.count > 1, state.samples[1].at < at - window { state.samples.removeFirst() }
            }
        }
        let positions = offsets.compactMap { partition, offset in
            generations[partition.topic].map {
                ProgressStore.Position(
                    topic: partition.topic,
                    partition: partition.partition,
                    generation: $0,
                    offset: offset
                )
            }
        }
        // Positions only serve the check at the next assignment; the next second writes newer ones.
        try? await progress.write(positions)
    }

    private static let replaced = StoreError(
        code: .unavailable,
        message: "redis was restarted or replaced; reading goes back first"
    )

    private static func rewindOffset(
        _ partition: KafkaTopicPartition,
        _ state: State
    ) -> Int64? {
        for sample in state.samples { if let offset = sample.offsets[partition] { return offset } }
        return nil
    }
}
