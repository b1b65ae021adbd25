import Events
import Profiles
import ServiceSupport
import Stores

/// What the profile updater can be told.
struct ProfileUpdaterSettings: Sendable {
    let redis: RedisSettings
    let kafka: KafkaConnectionSettings
    let topics: TopicNames
    let keys: KeySpace
    let group: String
    let maximumBatch: Int
    let policy: ProfilePolicy
    let fencing: FenceMode
    let segments: SegmentSettings

    init(from reader: SettingsReader) throws(SettingsError) {
        redis = try RedisSettings(from: reader)
        kafka = try KafkaConnectionSettings(from: reader, clientID: "profile-updater")
        topics = try TopicNames(from: reader)
        keys = try KeySpace(from: reader)
        group = try reader.string("kafka.group", default: "freshet.profile-updater", description: "consumer group")
        maximumBatch = try reader.int(
            "batch.max",
            default: 500,
            range: 1...10_000,
            description: "most events folded in together per partition"
        )
        policy = try ProfilePolicy(from: reader)
        fencing = try FenceMode(from: reader)
        segments = try SegmentSettings(from: reader)
    }
}
