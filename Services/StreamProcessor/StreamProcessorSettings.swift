import Events
import ServiceSupport
import Sessions
import Stores

/// What the stream processor can be told.
struct StreamProcessorSettings: Sendable {
    let redis: RedisSettings
    let kafka: KafkaConnectionSettings
    let topics: TopicNames
    let keys: KeySpace
    let group: String
    let maximumBatch: Int
    /// What the transactional id begins with; `nil` without transactions.
    let transactionalID: String?
    let routing: EventRouting
    let policy: SessionPolicy
    let fencing: FenceMode

    init(from reader: SettingsReader) throws(SettingsError) {
        redis = try RedisSettings(from: reader)
        kafka = try KafkaConnectionSettings(from: reader, clientID: "stream-processor")
        topics = try TopicNames(from: reader)
        keys = try KeySpace(from: reader)
        group = try reader.string(
            "kafka.group",
            default: "freshet.stream-processor",
            description: "consumer group; the catalog is read as <group>.catalog"
        )
        maximumBatch = try reader.int(
            "batch.max",
            default: 500,
            range: 1...10_000,
            description: "most events processed together per partition"
        )
        let isTransactional = try reader.bool(
            "kafka.transactions",
            default: false,
            description: "write activity and commit offsets in one transaction, for consumers of committed records only"
        )
        let transactionalID = try reader.string(
            "kafka.transactional.id",
            default: "freshet.stream-processor",
            description: "what the transactional id begins with; each process adds a part of its own"
        )
        self.transactionalID = isTransactional ? transactionalID : nil
        routing = try EventRouting(from: reader)
        let gap = try reader.duration(
            "sessions.inactivity",
            default: .seconds(1800),
            range: .seconds(1) ... .seconds(86_400),
            description: "inactivity, by event time, that ends a session"
        )
        policy = SessionPolicy(inactivityMilliseconds: gap.components.seconds * 1000)
        fencing = try FenceMode(from: reader)
    }
}
