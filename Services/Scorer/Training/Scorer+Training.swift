import Kafka
import Logging
import PublishedLists
import Redis
import Scoring
import ServiceSupport
import Stores
import Training

extension Scorer {
    /// The trainer with all its parts.
    static func trainer(
        _ settings: ScorerSettings,
        redis: RedisClient,
        producer: KafkaProducer,
        serving: ModelServing,
        metrics: ScorerMetrics,
        logger: Logger
    ) -> Trainer {
        let keys = settings.keys
        let failures = RepeatedErrorLog(logger)
        let publisher = ModelPublisher(
            registry: serving.registry,
            producer: producer,
            topic: settings.topics.modelsPublished,
            serving: serving,
            similarLists: SimilarLists(lists: RecommendationStore(redis: redis, keys: keys)),
            metrics: metrics,
            logger: logger,
            now: { .now }
        )
        let lists = settings.lists
        return Trainer(
            settings: settings.training,
            kafka: settings.kafka.client,
            topics: settings.topics,
            generations: TopicGenerations(redis: redis, keys: keys),
            catalog: TrainingCatalog(
                store: CatalogStore(redis: redis, keys: keys),
                limit: settings.training.plan.models.content == nil ? 0 : settings.training.plan.limits.catalogItems
            ),
            training: BlockingTraining(
                settings: settings.training,
                pipeline: { lists.pipeline(of: $0) },
                metrics: metrics,
                logger: logger
            ),
            registry: serving.registry,
            publisher: publisher,
            watch: ServingWatch(
                clickGuard: settings.training.clickGuard,
                hold: settings.training.hold,
                registry: serving.registry,
                publisher: publisher,
                metrics: metrics,
                failures: failures,
                logger: logger,
                now: { .now }
            ),
            model: serving.current,
            metrics: metrics,
            failures: failures,
            logger: logger,
            now: { .now }
        )
    }
}
