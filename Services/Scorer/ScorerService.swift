import Events
import Foundation
import Kafka
import Logging
import NIOConcurrencyHelpers
import Recommenders
import Redis
import ServiceLifecycle
import ServiceSupport
import Stores

/// Trains models and keeps every user's list as new as the profile it is made from.
enum ScorerService: FreshetService {
    static let name = "scorer"
    static let summary = "Trains models and computes each user's recommendations when the profile changes."
    static let defaultAdminPort = 9183

    static func settings(from reader: SettingsReader) throws(SettingsError) -> ScorerSettings {
        try ScorerSettings(from: reader)
    }

    static func run(_ settings: ScorerSettings, context: ServiceContext) async throws {
        let logger = context.logger
        let redis = settings.redis.client(name: name, logger: logger)
        let durability = context.observe(redis)
        let producer = try KafkaProducer(settings: settings.kafka.client, mode: .pipeline, logger: logger)
        context.observe(producer)
        let topics = settings.topics
        let topology = try await cancelWhenGracefulShutdown {
            try await StreamTopology.load(
                keyed: [topics.profilesUpdated, topics.activity],
                others: [topics.catalogItems],
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
        let background = Background(settings.redis, name: name, logger: logger)
        let scorer = Scorer(
            settings,
            redis: redis,
            background: background,
            producer: producer,
            topology: topology,
            context: context
        )
        let group = try scorer.consumerGroup(context, checkpoint: checkpoint)
        let retention = RetentionWatch(
            store: LossStore(redis: redis, keys: settings.keys, group: settings.group),
            logger: logger
        )
        context.observe(group, retention: retention)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await durability.check(redis) }
            tasks.addTask { await checkpoint.watch(group) }
            tasks.addTask { await retention.run(group) }
            tasks.addTask { await scorer.rescoring.run(scorer.modelChanges) }
            tasks.addTask { await scorer.workInBackground() }
            tasks.addTask {
                try await producer.warmUp(
                    topics: [topics.recommendationsUpdated, topics.modelsPublished],
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
        await background.redis.close()
        await redis.close()
    }
}
