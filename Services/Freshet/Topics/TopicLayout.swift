import Kafka
import ServiceSupport

/// The topics of an installation, with what they need on a real cluster.
struct TopicLayout: Sendable {
    private static let day = 86_400_000
    private let names: TopicNames

    init(_ names: TopicNames) {
        self.names = names
    }

    /// The topics whose offsets stand in fences: these have generations.
    var fenced: [String] { names.allEvents + [names.activity] }

    /// Every topic; `replication` -1 leaves copies and their minimum to the brokers.
    func specifications(replication: Int = -1) -> [TopicSpecification] {
        let weekly = ["retention.ms": "\(7 * Self.day)"]
        let daily = ["retention.ms": "\(Self.day)"]
        let compacted = ["cleanup.policy": "compact"]
        let monthly = ["retention.ms": "\(30 * Self.day)"]
        var topics: [TopicSpecification] = []
        func add(_ name: String, _ configuration: [String: String], partitions: Int? = nil) {
            var configuration = configuration
            if replication >= 3 { configuration["min.insync.replicas"] = "2" }
            if replication > 0 { configuration["unclean.leader.election.enable"] = "false" }
            topics.append(
                TopicSpecification(
                    name: name,
                    partitions: partitions ?? names.partitions,
                    replication: replication,
                    configuration: configuration
                )
            )
        }
        for name in names.allEvents { add(name, weekly) }
        add(names.rejected, monthly)
        add(names.activity, weekly)
        add(names.profilesUpdated, daily)
        add(names.recommendationsUpdated, daily)
        add(names.catalogItems, compacted)
        add(names.triggers, weekly)
        add(names.modelsPublished, compacted, partitions: 1)
        add(names.privacyRequests, monthly)
        return topics
    }
}
