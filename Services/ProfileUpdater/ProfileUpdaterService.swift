import Kafka
import Redis
import Segments
import ServiceLifecycle
import ServiceSupport
import Stores

/// Folds `activity` into profiles and item counts.
enum ProfileUpdaterService: FreshetService {
    static let name = "profile-updater"
    static let summary = "Folds activity into profiles and item counts."
    static let defaultAdminPort = 9182

    static func settings(from reader: SettingsReader) throws(SettingsError) -> ProfileUpdaterSettings {
        try ProfileUpdaterSettings(from: reader)
    }

    static func run(_ settings: ProfileUpdaterSettings, context: ServiceContext) async throws {
        let logger = context.logger
        let redis = settings.redis.client(name: name, logger: logger)
        let durability = context.observe(redis)
        let producer = try KafkaProducer(settings: settings.kafka.client, mode: .pipeline, logger: logger)
        context.observe(producer)
        let topics = settings.topics
        let topology = try await cancelWhenGracefulShutdown {
            try await StreamTopology.load(
                keyed: [topics.activity],
                partitions: topics.partitions,
                kafka: settings.kafka.client,
                store: TopicGenerations(redis: redis, keys: settings.keys),
                health: context.health.check("topics"),
                logger: logger
            )
        }
        let checkpoint = ConsumerCheckpoint(
            redis: redis,
            progress: ProgressStore(redis: redis, keys: settings.keys, group: settings.group),
            generations: topology.generations,
            logger: logger
        )
        let segmenting = Segmenting(
            Segmenter(
                rules: try await Segmenting.rules(from: settings.segments),
                minimumEvents: settings.segments.minimumEvents
            )
        )
        let group = try group(
            settings,
            context: context,
            redis: redis,
            producer: producer,
            topology: topology,
            checkpoint: checkpoint,
            segmenting: segmenting
        )
        let retention = RetentionWatch(
            store: LossStore(redis: redis, keys: settings.keys, group: settings.group),
            logger: logger
        )
        context.observe(group, retention: retention)

        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await durability.check(redis) }
            tasks.addTask { await checkpoint.watch(group) }
            tasks.addTask { await retention.run(group) }
            tasks.addTask {
                await segmenting.follow(
                    ModelStore(redis: redis, keys: settings.keys),
                    interval: settings.segments.pollInterval,
                    failures: RepeatedErrorLog(logger)
                )
            }
            tasks.addTask {
                try await producer.warmUp(
                    topics: [topics.profilesUpdated, topics.segmentsUpdated, topics.rejected],
                    timeout: .seconds(60)
                )
            }
            try await withGracefulShutdownHandler {
                try await group.run()
            } onGracefulShutdown: {
                Task { await group.shutdown() }
            }
            tasks.cancelAll()
        }
        await producer.close(timeout: .seconds(5))
        await redis.close()
    }

    /// What one partition's worker remembers.
    private static let cache = FencedStateCache<FencedProfile>.Limit(users: 5_000, bytes: 8 << 20) {
        $0.approximateBytes
    }

    private static func group(
        _ settings: ProfileUpdaterSettings,
        context: ServiceContext,
        redis: RedisClient,
        producer: KafkaProducer,
        topology: StreamTopology,
        checkpoint: ConsumerCheckpoint,
        segmenting: Segmenting
    ) throws -> KafkaConsumerGroup {
        let metrics = ProfileUpdaterMetrics(context.metrics)
        let profiles = RedisProfileStore(redis: redis, keys: settings.keys, mode: settings.fencing)
        let counts = CountShardStore(redis: redis, keys: settings.keys, mode: settings.fencing)
        var options = KafkaConsumerGroup.Options(group: settings.group, topics: [settings.topics.activity])
        options.maxBatch = settings.maximumBatch
        options.commitMetadata = { checkpoint.metadata(for: $0) }
        options.onAssignment = { committed in
            try topology.check(committed.keys)
            return try await checkpoint.assigned(committed)
        }
        return try KafkaConsumerGroup(
            settings: settings.kafka.client,
            options: options,
            logger: context.logger
        ) { partition in
            ActivityWorker(
                partition: partition,
                intake: ActivityIntake(topology: topology),
                profiles: FencedWorkingSet(
                    profiles,
                    remembering: cache,
                    require: checkpoint.require
                ),
                counts: counts,
                records: ProfileRecords(topics: settings.topics),
                producer: producer,
                checkpoint: checkpoint,
                policy: settings.policy,
                fencing: settings.fencing,
                segmenting: segmenting,
                metrics: metrics
            )
        }
    }
}
