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
                topics: topics.allEvents + [topics.catalogItems],
                kafka: settings.kafka.client,
                store: TopicGenerations(redis: redis, keys: settings.keys),
                health: context.health.check("topics"),
                logger: logger
            )
        }
        let parts = Parts(settings: settings, context: context, redis: redis, producer: producer, topology: topology)
        let events = try parts.eventGroup()
        let catalog = try parts.catalogGroup()
        context.observe(events.group)
        context.observe(catalog.group, check: "kafka-catalog")

        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await durability.check(redis) }
            tasks.addTask {
                try await producer.warmUp(topics: [topics.activity, topics.rejected], timeout: .seconds(60))
            }
            for (group, checkpoint) in [events, catalog] {
                tasks.addTask { await checkpoint.watch(group) }
            }
            try await withGracefulShutdownHandler {
                try await withThrowingTaskGroup(of: Void.self) { groups in
                    groups.addTask { try await events.group.run() }
                    groups.addTask { try await catalog.group.run() }
                    while try await groups.next() != nil {}
                }
            } onGracefulShutdown: {
                Task { await events.group.shutdown() }
                Task { await catalog.group.shutdown() }
            }
            tasks.cancelAll()
        }
        await producer.close(timeout: .seconds(5))
        await redis.close()
    }
}

/// The service's two consumer groups, wired.
private struct Parts {
    let settings: StreamProcessorSettings
    let context: ServiceContext
    let redis: RedisClient
    let producer: KafkaProducer
    let topology: StreamTopology

    typealias Group = (group: KafkaConsumerGroup, checkpoint: ConsumerCheckpoint)

    /// Users whose state one partition's worker remembers.
    private static let cachedUsersPerPartition = 10_000

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
        return try group(settings.group, topics: topics.allEvents) { checkpoint, _ in
            EventWorker(
                intake: intake,
                records: EventRecords(topics: topics),
                states: FencedWorkingSet(
                    states,
                    capacity: Self.cachedUsersPerPartition,
                    require: checkpoint.require
                ),
                catalog: catalog,
                producer: producer,
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
        makeWorker: @escaping @Sendable (ConsumerCheckpoint, Int32) -> any KafkaPartitionWorker
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
        options.onAssignment = { try await checkpoint.assigned($0) }
        let group = try KafkaConsumerGroup(
            settings: settings.kafka.client,
            options: options,
            logger: context.logger
        ) { makeWorker(checkpoint, $0) }
        return (group, checkpoint)
    }
}
