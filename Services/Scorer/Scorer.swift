import Events
import Kafka
import Logging
import PublishedLists
import Recommenders
import Redis
import Scoring
import ServiceSupport
import Stores
import Training

/// The scorer's parts, wired: lists on notices, lists after new models, training and shared lists while it has the role.
struct Scorer: Sendable {
    let scoring: UserScoring
    let serving: ModelServing
    let rescoring: Rescoring
    /// Yields the version whenever another model serves.
    let modelChanges: AsyncStream<UInt64>
    private let trainer: Trainer
    private let segments: SegmentTraining
    private let trending: TrendingLists
    private let activeUsers: ActiveUsers
    private let role: TrainerRole
    private let watch: CatalogWatch
    private let trends: TrendsFeed
    private let settings: ScorerSettings
    private let background: Background

    init(
        _ settings: ScorerSettings,
        redis: RedisClient,
        background: Background,
        producer: KafkaProducer,
        topology: StreamTopology,
        context: ServiceContext
    ) {
        self.settings = settings
        self.background = background
        let keys = settings.keys
        let metrics = ScorerMetrics(context.metrics, plan: settings.lists.plan)
        let role = TrainerRole()
        self.role = role
        let failures = RepeatedErrorLog(context.logger)
        let model = CurrentModel()
        let pipeline = CurrentPipeline(model: model, settings: settings.lists, failures: failures)
        let lists = RecommendationStore(redis: redis, keys: keys)
        let sharedLists = RecommendationStore(redis: background.redis, keys: keys)
        let changes: AsyncStream<UInt64>.Continuation
        (modelChanges, changes) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        serving = ModelServing(
            current: model,
            pipeline: pipeline,
            registry: ModelStore(redis: background.redis, keys: keys, registry: settings.training.registry),
            metrics: metrics,
            failures: failures,
            logger: context.logger,
            interval: settings.modelPollInterval,
            changes: changes
        )
        scoring = UserScoring(
            listLength: settings.lists.length,
            pipeline: pipeline,
            profiles: RedisProfileStore(redis: redis, keys: keys),
            catalog: CatalogStore(redis: redis, keys: keys),
            lists: lists,
            announcements: ListAnnouncements(producer: producer, topic: settings.topics.recommendationsUpdated),
            metrics: metrics,
            failures: failures,
            now: { .now }
        )
        activeUsers = ActiveUsers(limit: settings.rescoreUsers)
        rescoring = Rescoring(scoring: scoring, activeUsers: activeUsers, rate: settings.rescoreRate)
        trainer = Self.trainer(
            settings,
            redis: background.redis,
            producer: producer,
            serving: serving,
            metrics: metrics,
            logger: context.logger
        )
        segments = SegmentTraining(
            settings: settings.segments,
            seed: settings.training.plan.seed,
            profiles: RedisProfileStore(redis: background.redis, keys: keys),
            registry: ModelStore(redis: background.redis, keys: keys),
            producer: producer,
            topic: settings.topics.modelsPublished,
            metrics: SegmentMetrics(context.metrics),
            failures: failures,
            logger: context.logger
        )
        trending = TrendingLists(
            counts: WindowedCounts(
                store: CountShardStore(redis: background.redis, keys: keys),
                partitions: settings.topics.partitions
            ),
            lists: sharedLists,
            model: model,
            failures: failures,
            interval: settings.trendingInterval,
            now: { .now }
        )
        watch = CatalogWatch(
            kafka: settings.kafka.client,
            topic: settings.topics.catalogItems,
            generation: topology.generations[settings.topics.catalogItems] ?? 1,
            catalog: CatalogStore(redis: background.redis, keys: keys),
            model: model,
            pipeline: pipeline,
            newLists: NewItemLists(lists: sharedLists, role: role, failures: failures),
            changes: changes,
            metrics: metrics,
            failures: failures,
            logger: context.logger,
            limit: settings.newItems
        )
        trends = TrendsFeed(
            lists: sharedLists,
            pipeline: pipeline,
            failures: failures,
            interval: settings.trendingInterval
        )
        context.health.check("model") {
            .ready(detail: model.value.map { "version \($0.version)" } ?? "none trained yet")
        }
    }

    /// The group that turns notices into lists; partition 0 brings the trainer's role with it.
    func consumerGroup(
        _ context: ServiceContext,
        checkpoint: ConsumerCheckpoint
    ) throws(KafkaError) -> KafkaConsumerGroup {
        var options = KafkaConsumerGroup.Options(group: settings.group, topics: [settings.topics.profilesUpdated])
        options.commitMetadata = { checkpoint.metadata(for: $0) }
        options.onAssignment = { try await checkpoint.assigned($0) }
        options.maxBatch = settings.batch
        options.maxBackOff = .seconds(1)
        let (scoring, activeUsers, role) = (scoring, activeUsers, role)
        return try KafkaConsumerGroup(
            settings: settings.kafka.client,
            options: options,
            logger: context.logger
        ) { partition in
            ProfileNoticeWorker(
                partition: partition,
                scoring: scoring,
                activeUsers: activeUsers,
                role: partition == TrainerRole.partition ? role : nil
            )
        }
    }

    /// Does all that no list waits for, until cancelled.
    func workInBackground() async {
        await withTaskExecutorPreference(background.executor) {
            await withTaskGroup(of: Void.self) { work in
                work.addTask { await serving.run() }
                work.addTask { await watch.run() }
                work.addTask { await trends.run() }
                work.addTask { await trainWhileHolding() }
            }
        }
    }

    /// Trains, and writes the lists that belong to no user, whenever this instance has the role; until cancelled.
    private func trainWhileHolding() async {
        while !Task.isCancelled {
            await role.wait(untilHeld: true)
            guard !Task.isCancelled else { return }
            await withTaskGroup(of: Void.self) { work in
                work.addTask { await trainer.run() }
                work.addTask { await segments.run() }
                work.addTask { await trending.run() }
                await role.wait(untilHeld: false)
                work.cancelAll()
            }
        }
    }
}
