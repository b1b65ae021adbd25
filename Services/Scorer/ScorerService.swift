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

    /// Waits for the graceful shutdown of the service, then ends the consumer, and with it the service's work.
    private static func shutDown(_ group: KafkaConsumerGroup) async {
        try? await gracefulShutdown()
        await group.shutdown()
    }

    static func run(_ settings: ScorerSettings, context: ServiceContext) async throws {
        try await run(settings, keys: KeySpace(), context: context)
    }

    /// Runs on keys of its own, as tests do that share a Redis.
    static func run(_ settings: ScorerSettings, keys: KeySpace, context: ServiceContext) async throws {
        let redis = settings.redis.client(name: name, logger: context.logger)
        let producer = try KafkaProducer(settings: settings.kafka.client, mode: .pipeline, logger: context.logger)
        let durability = context.observe(redis)
        context.observe(producer)
        let scorer = Scorer(settings, redis: redis, keys: keys, producer: producer, context: context)
        let group = try scorer.consumerGroup(context)
        context.observe(group)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            defer { tasks.cancelAll() }
            tasks.addTask { await durability.check(redis) }
            tasks.addTask { await scorer.serving.run() }
            tasks.addTask { await scorer.rescoring.run(scorer.modelChanges) }
            tasks.addTask { await scorer.trainWhileHolding() }
            tasks.addTask { await shutDown(group) }
            try await group.run()
        }
        await producer.close()
        await redis.close()
    }
}
