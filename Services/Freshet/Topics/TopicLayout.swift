import Kafka
import ServiceSupport

/// The topics of an installation, with what they need on a real cluster.
struct TopicLayout: Sendable {
    private static let day = 86_400_000
    private let topics: TopicNames

    init(_ topics: TopicNames) {
        self.topics = topics
    }

    /// The names of all topics.
    var names: [String] { specifications().map(\.name) }

    /// Every topic; `replication` -1 leaves copies and their minimum to the brokers.
    func specifications(replication: Int = -1) -> [TopicSpecification] {
        let weekly = ["retention.ms": "\(7 * Self.day)"]
        let daily = ["retention.ms": "\(Self.day)"]
        let compacted = ["cleanup.policy": "compact"]
        let monthly = ["retention.ms": "\(30 * Self.day)"]
        var all: [TopicSpecification] = []
        func add(_ name: String, _ configuration: [String: String], partitions: Int? = nil) {
            var configuration = configuration
            if replication >= 3 { configuration["min.insync.replicas"] = "2" }
            if replication > 0 { configuration["unclean.leader.election.enable"] = "false" }
            all.append(
                TopicSpecification(
                    name: name,
                    partitions: partitions ?? topics.partitions,
                    replication: replication,
                    configuration: configuration
                )
            )
        }
        for name in topics.allEvents { add(name, weekly) }
        add(topics.rejected, monthly)
        add(topics.activity, weekly)
        add(topics.profilesUpdated, daily)
        add(topics.segmentsUpdated, weekly)
        add(topics.recommendationsUpdated, daily)
        add(topics.catalogItems, compacted)
        add(topics.triggers, weekly)
        add(topics.modelsPublished, compacted, partitions: 1)
        add(topics.privacyRequests, monthly)
        return all
    }
}
