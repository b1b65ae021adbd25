import Kafka
import Redis
import ServiceSupport
import Stores

/// Creates the topics that are missing and mints generations: a topic that comes again gets its next one.
struct TopicCreation: Sendable {
    let settings: ToolSettings
    let layout: TopicLayout
    let redis: RedisClient

    /// Returns the topics that were created.
    func run(replication: Int = -1) async throws -> [String] {
        let admin = KafkaAdmin(settings: settings.kafka.client, logger: ToolSettings.logger)
        let before = try await admin.metadata()
        let wanted = layout.specifications(replication: replication)
        try await admin.createTopics(wanted)
        let created = wanted.map(\.name).filter { before.topics[$0] == nil }
        let cluster = try await admin.clusterID()
        let generations = TopicGenerations(redis: redis, keys: settings.keys)
        let known = try await generations.generations(of: created)
        try await generations.mintNext(created.filter { known[$0] != nil }, clusterID: cluster)
        try await generations.mintMissing(layout.names, clusterID: cluster)
        return created
    }
}
