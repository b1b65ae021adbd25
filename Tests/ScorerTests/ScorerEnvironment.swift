import Catalog
import Events
import Kafka
import Logging
import Profiles
import Redis
import ServiceSupport
import Stores
import TestSupport
import ScoringSamples
import Testing

@testable import Scorer

/// What surrounds a scorer: topics, a Redis, and the two services before it, played by the test.
struct ScorerEnvironment {
    let redis: RedisClient
    let keys: KeySpace
    let lists: RecommendationStore
    let metrics: MetricsRegistry
    private let producer: KafkaProducer
    let settings: ScorerSettings
    private let kafka: KafkaClientSettings
    private let logger: Logger

    init(
        kafka: KafkaClientSettings,
        redisAddress: String,
        prefix: String,
        directory: String,
        partitions: Int,
        overriding overrides: [String: String] = [:]
    ) throws {
        var flags = [
            "kafka.bootstrap.servers": kafka.bootstrapServers, "redis.url": redisAddress,
            "topics.prefix": prefix, "redis.key.prefix": prefix, "kafka.group": prefix + "group",
            "topics.partitions": "\(partitions)", "data.dir": directory,
            "training.interval": "300ms", "training.factors": "8", "models.poll.interval": "50ms",
            "trending.interval": "100ms",
        ]
        flags.merge(overrides) { _, new in new }
        for (name, value) in kafka.properties { flags["kafka.properties.\(name)"] = value }
        let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        self.kafka = kafka
        logger = quiet
        settings = try ScorerSettings(from: SettingsReader(flags: flags))
        redis = RedisClient(url: try RedisURL(redisAddress), logger: quiet)
        keys = KeySpace(prefix: prefix)
        lists = RecommendationStore(redis: redis, keys: keys)
        producer = try KafkaProducer(settings: kafka, mode: .pipeline, logger: quiet)
        metrics = MetricsRegistry()
    }

    /// The registry of its models.
    var models: ModelStore { ModelStore(redis: redis, keys: keys, registry: settings.training.registry) }

    func close() async {
        await producer.close()
        await redis.close()
    }

    func createTopics(embedded: EmbeddedBroker?) async throws {
        let topics = settings.topics
        let consumed = [topics.activity, topics.profilesUpdated, topics.catalogItems]
        let names = [
            topics.activity, topics.profilesUpdated, topics.catalogItems, topics.recommendationsUpdated,
            topics.modelsPublished,
        ]
        if let embedded {
            for name in names { try embedded.createTopic(name, partitions: topics.partitions) }
        } else {
            try await KafkaAdmin(settings: kafka, logger: logger).createTopics(
                names.map { TopicSpecification(name: $0, partitions: topics.partitions) }
            )
        }
        let clusterID = try await KafkaAdmin(settings: kafka, logger: logger).clusterID()
        try await TopicGenerations(redis: redis, keys: keys).mintMissing(consumed, clusterID: clusterID)
    }

    /// Runs a scorer while `body` runs; each call is a new process as far as the scorer can tell.
    func whileScoring<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        let context = ServiceContext(name: "scorer", logger: logger, metrics: metrics)
        let settings = settings
        let running = Task { try await ScorerService.run(settings, context: context) }
        do {
            let result = try await body()
            running.cancel()
            _ = await running.result
            return result
        } catch {
            running.cancel()
            _ = await running.result
            throw error
        }
    }

    /// What the stream processor would write.
    func produce(_ activities: [Activity]) async throws {
        let messages = activities.map { activity in
            KafkaOutgoingMessage(
                topic: settings.topics.activity,
                key: Array(activity.user.rawValue.utf8),
                value: ActivityCodec.encode(activity),
                headers: [
                    KafkaHeader(EventHeaders.Name.source, value: Array(activity.source.description.utf8))
                ]
            )
        }
        for result in await producer.send(messages) { _ = try result.get() }
    }

    /// What the server would write: a catalog entry.
    func announce(_ item: CatalogItem) async throws {
        _ = try await producer.send(
            KafkaOutgoingMessage(
                topic: settings.topics.catalogItems,
                key: Array(item.id.utf8),
                value: CatalogCodec.encode(item)
            )
        )
        // And what the stream processor makes of it.
        let entry = CatalogStore.Entry(id: item.id, item: item, generation: 1, offset: 0)
        _ = try await CatalogStore(redis: redis, keys: keys).write([entry])
    }

    /// What the profile updater would write and announce.
    func setProfile(_ user: UserKey, _ history: [Activity]) async throws {
        let profiles = RedisProfileStore(redis: redis, keys: keys)
        var expected: Fence?
        if case .found(let stored)? = try await profiles.load([user]).first { expected = stored.fence }
        var fence = Fence()
        if let last = history.last { fence.advance(to: last.source) }
        let state = FencedProfile(profile: TestActivities.profile(history), fence: fence)
        let outcomes = try await profiles.compareAndSet([FencedWrite(user: user, expected: expected, state: state)])
        #expect(outcomes == [.applied])
        let key = Array(user.rawValue.utf8)
        _ = try await producer.send(
            KafkaOutgoingMessage(topic: settings.topics.profilesUpdated, key: key, value: Array("{}".utf8))
        )
    }

    /// The list of a user, once it is made from that revision of the profile.
    func list(of user: UserKey, revision: UInt64) async throws -> RecommendationList {
        try await retrying(within: .seconds(30)) {
            guard let list = try await lists.list(for: user), list.profileRevision == revision else {
                throw NotYet()
            }
            return list
        }
    }
}

/// The list is still an older one.
private struct NotYet: Error {}
