import PublishedLists
import ServiceSupport
import Stores

/// What the scorer can be told.
///
/// | key | default | meaning |
/// |---|---|---|
/// | `training.plan` | | a file that says what is trained from what |
/// | `training.interval` | `60s` | how often to train when something is new |
/// | `training.threads` | 0 | threads that train; 0: all cores but one |
/// | `training.factors` | 64 | length of the factorisation's vectors |
/// | `training.iterations` | 10 | rounds of the factorisation |
/// | `signals.positive.stars` | 3 | ratings of fewer stars are no sign of liking |
/// | `training.half.life` | `30d` | the age at which a signal counts half |
/// | `training.items.per.user` | 2000 | items kept per user in the matrix |
/// | `training.seed` | 42 | where the factorisation's random numbers start |
/// | `training.guard.drop` | 0.1 | the share by which NDCG@10 may fall |
/// | `training.guard.clicks.drop` | 0.2 | the share by which click-through may fall |
/// | `training.guard.shown.min` | 1000 | items shown before click-through is judged |
/// | `training.guard.hold` | `1h` | the pause after a trained version was taken back |
/// | `models.registry` | `redis` | where artefacts are |
/// | `data.dir` | `data/scorer` | folder of the matrix's snapshot |
/// | `segments.training` | true | find segments among the users' profiles |
/// | `segments.interval` | `10m` | how often |
/// | `segments.sample` | 10000 | users among whom segments are found |
/// | `segments.model` | `kmeans` | nearest mean, or Gaussians: `mixture-diagonal`, `mixture-full` |
/// | `segments.scaling` | `standard` | how features become comparable; or `robust` |
/// | `segments.count.max` | 8 | most segments that are tried |
/// | `segments.share.min` | 0.02 | share of the users below which a segment is merged |
/// | `models.poll.interval` | `2s` | how often to look for a newer model |
/// | `recommendations.length` | 50 | items per list |
/// | `recommendations.exclude.seen` | true | leave out all items of the history, not only consumed ones |
/// | `pipeline.plan` | | a JSON file of sources, weights and policies |
/// | `catalog.new.items` | 10000 | items of the catalog that lists may have beside those of the model |
/// | `rescore.users` | 10000 | recently active users that get new lists after a new model |
/// | `rescore.rate` | 500 | users per second for that |
/// | `trending.interval` | `5s` | how often trending lists are written |
/// | `kafka.group` | `freshet.scorer` | the consumer group |
/// | `scoring.batch` | 256 | notices a worker takes at once |
struct ScorerSettings: Sendable {
    let kafka: KafkaConnectionSettings
    let redis: RedisSettings
    let topics: TopicNames
    let keys: KeySpace
    let group: String
    let training: TrainingSettings
    let segments: SegmentTrainingSettings
    let lists: ListSettings
    let modelPollInterval: Duration
    let newItems: Int
    let rescoreUsers: Int
    let rescoreRate: Int
    let trendingInterval: Duration
    let batch: Int

    init(from reader: SettingsReader) throws(SettingsError) {
        kafka = try KafkaConnectionSettings(from: reader, clientID: "scorer")
        redis = try RedisSettings(from: reader)
        topics = try TopicNames(from: reader)
        keys = try KeySpace(from: reader)
        group = try reader.string("kafka.group", default: "freshet.scorer", description: "consumer group")
        lists = try ListSettings(from: reader)
        training = try TrainingSettings(from: reader, taste: lists.taste)
        segments = try SegmentTrainingSettings(from: reader)
        modelPollInterval = try reader.duration(
            "models.poll.interval",
            default: .seconds(2),
            range: .milliseconds(10) ... .seconds(3600),
            description: "how often to look for a newer model"
        )
        newItems = try reader.int(
            "catalog.new.items",
            default: 10_000,
            range: 0...1_000_000,
            description: "items of the catalog that lists may have beside those of the model, the newest"
        )
        rescoreUsers = try reader.int(
            "rescore.users",
            default: 10_000,
            range: 1...10_000_000,
            description: "recently active users that get new lists after a new model"
        )
        rescoreRate = try reader.int(
            "rescore.rate",
            default: 500,
            range: 1...1_000_000,
            description: "users per second that get new lists after a new model"
        )
        trendingInterval = try reader.duration(
            "trending.interval",
            default: .seconds(5),
            range: .milliseconds(50) ... .seconds(3600),
            description: "how often trending lists are written"
        )
        batch = try reader.int(
            "scoring.batch",
            default: 256,
            range: 1...10_000,
            description: "notices that a worker takes at once"
        )
    }
}
