import Events
import Kafka
import Redis
import ServiceLifecycle
import ServiceSupport
import Sessions
import Stores

/// Turns `events.*` into `activity`, and `catalog.items` into the catalog in Redis.
enum StreamProcessorService: FreshetService {
    static let name = "stream-processor"
    static let summary = "Validates, deduplicates, sessionises and enriches events."
    static let defaultAdminPort = 9181

    static func settings(from reader: SettingsReader) throws(SettingsError) -> StreamProcessorSettings {
        try StreamProcessorSettings(from: reader)
    }

    static func run(_ settings: StreamProcessorSettings, context: ServiceContext) async throws {
        let logger = context.logger
        let redis = settings.redis.client(name: name, logger: logger)
        let durability = context.observe(redis)
        let producer = try KafkaProducer(settings: settings.kafka.client, mode: .pipeline, logger: logger)
        context.observe(producer)
        let topics = settings.topics
        let topology = try await cancelWhenGracefulShutdown {
            try await StreamTopology.load(
                keyed: topics.allEvents,
                others: [topics.catalogItems],
                partitions: topics.partitions,
                kafka: settings.kafka.client,
                store: TopicGenerations(redis: redis, keys: settings.keys),
                health: context.health.check("topics"),
                logger: logger
            )
        }
        let transactions = try settings.transactionalID.map { id in
            try Transactions(id: id, group: settings.group, kafka: settings.kafka.client, logger: logger)
        }
        if let transactions {
            context.observe(transactions.producer)
            try await cancelWhenGracefulShutdown {
                do {
                    try await transactions.producer.initialise()
                } catch {
                    try Task.checkCancellation()
                    throw error
                }
            }
        }
        let parts = Parts(
            settings: settings,
            context: context,
            redis: redis,
            producer: producer,
            transactions: transactions,
            topology: topology
        )
        let events = try parts.eventGroup()
        let catalog = try parts.catalogGroup()
        context.observe(events.group, retention: events.retention)
        context.observe(catalog.group, retention: catalog.retention, check: "kafka-catalog")

        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await durability.check(redis) }
            tasks.addTask {
                try await producer.warmUp(topics: [topics.activity, topics.rejected], timeout: .seconds(60))
            }
            for (group, checkpoint, retention) in [events, catalog] {
                tasks.addTask { await checkpoint.watch(group) }
                tasks.addTask { await retention.run(group) }
            }
            if let transactions {
                tasks.addTask { await transactions.noteStates(events.group, checkpoint: events.checkpoint) }
            }
            try await withGracefulShutdownHandler {
                try await withThrowingTaskGroup(of: Void.self) { groups in
                    groups.addTask { try await events.group.run() }
                    groups.addTask { try await catalog.group.run() }
                    while try await groups.next() != nil {}
                }
            } onGracefulShutdown: {
                Task {
                    await events.group.shutdown()
                    // A batch may be waiting for brokers that are away.
                    await transactions?.producer.close(timeout: .seconds(1))
                }
                Task { await catalog.group.shutdown() }
            }
            tasks.cancelAll()
        }
        await producer.close(timeout: .seconds(5))
        await transactions?.producer.close(timeout: .seconds(1))
        await redis.close()
    }
}

/// The service's two consumer groups, wired.
private struct Parts {
    let settings: StreamProcessorSettings
    let context: ServiceContext
    let redis: RedisClient
    let producer: KafkaProducer
    let transactions: Transactions?
    let topology: StreamTopology

    typealias Group = (group: KafkaConsumerGroup, checkpoint: ConsumerCheckpoint, retention: RetentionWatch)

    /// What one partition's worker remembers.
    private static let cache = FencedStateCache<StreamState>.Limit(users: 5_000, bytes: 4 << 20) {
        $0.approximateBytes
    }

    func eventGroup() throws -> Group {
        let topics = settings.topics
        let metrics = StreamProcessorMetrics(context.metrics)
        let intake = EventIntake(
            topics: topics,
            topology: topology,
            validator: EventValidator(routing: settings.routing)
        )
        let states = RedisStreamStateStore(redis: redis, keys: settings.keys, mode: settings.fencing)
        let catalog = CatalogStore(redis: redis, keys: settings.keys)
        return try group(
            settings.group,
            topics: topics.allEvents,
            transactions: transactions,
            check: { [topology] in try topology.check($0) }
        ) { checkpoint, membership in
            EventWorker(
                intake: intake,
                records: EventRecords(topics: topics),
                states: FencedWorkingSet(
                    states,
                    remembering: Self.cache,
                    require: checkpoint.require
                ),
                catalog: catalog,
                output: try transactions?.output(as: membership, checkpoint: checkpoint)
                    ?? ImmediateOutput(producer: producer),
                checkpoint: checkpoint,
                policy: settings.policy,
                fencing: settings.fencing,
                metrics: metrics
            )
        }
    }

    func catalogGroup() throws -> Group {
        let topics = settings.topics
        let metrics = StreamProcessorMetrics(context.metrics)
        let catalog = CatalogStore(redis: redis, keys: settings.keys)
        let generation = topology.generations[topics.catalogItems] ?? 1
        return try group(settings.group + ".catalog", topics: [topics.catalogItems]) { _, _ in
            CatalogWorker(
                generation: generation,
                catalog: catalog,
                records: EventRecords(topics: topics),
                producer: producer,
                metrics: metrics
            )
        }
    }

    private func group(
        _ name: String,
        topics: [String],
        transactions: Transactions? = nil,
        check: @escaping @Sendable ([KafkaTopicPartition]) throws -> Void = { _ in },
        makeWorker:
            @escaping @Sendable (ConsumerCheckpoint, KafkaGroupMembership?) throws -> any KafkaPartitionWorker
    ) throws -> Group {
        let checkpoint = ConsumerCheckpoint(
            redis: redis,
            progress: ProgressStore(redis: redis, keys: settings.keys, group: name),
            generations: topology.generations,
            logger: context.logger
        )
        var options = KafkaConsumerGroup.Options(group: name, topics: topics)
        options.maxBatch = settings.maximumBatch
        options.commitMetadata = { checkpoint.metadata(for: $0) }
        options.commitsOffsets = transactions == nil
        options.onAssignment = { committed in
            try check(Array(committed.keys))
            transactions?.assigned(committed)
            return try await checkpoint.assigned(committed)
        }
        let group = try KafkaConsumerGroup(
            settings: settings.kafka.client,
            options: options,
            logger: context.logger,
            makeTransactionalWorker: { _, membership in try makeWorker(checkpoint, membership) }
        )
        let losses = LossStore(redis: redis, keys: settings.keys, group: name)
        return (group, checkpoint, RetentionWatch(store: losses, logger: context.logger))
    }
}
