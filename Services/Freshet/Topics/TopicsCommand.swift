import ArgumentParser
import Kafka
import ServiceSupport
import Stores

/// The command `freshet topics …`.
struct TopicsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topics",
        abstract: "Creates the topics, begins new generations of them, and acknowledges losses.",
        subcommands: [Create.self, NewGeneration.self, AcknowledgeLoss.self]
    )

    /// The command `freshet topics create`.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Creates the topics that do not exist yet, and notes their generation in Redis."
        )

        @OptionGroup var connection: ConnectionOptions

        @Option(help: "Copies of each partition; -1 leaves it to the brokers, 3 also asks for two in sync.")
        var replication = -1

        @Option(help: "Partitions of the topics keyed by user [TOPICS_PARTITIONS].")
        var partitions: Int?

        func run() async throws {
            let settings = try connection.settings()
            let names = TopicNames(prefix: settings.topics.prefix, partitions: partitions ?? settings.topics.partitions)
            let layout = TopicLayout(names)
            let created = try await settings.withRedis { redis in
                try await TopicCreation(settings: settings, layout: layout, redis: redis).run(replication: replication)
            }
            for topic in layout.specifications() {
                print("\(created.contains(topic.name) ? "created" : "exists ")  \(topic.name)  \(topic.partitions)")
            }
        }
    }

    /// The command `freshet topics new-generation`.
    struct NewGeneration: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says that topics were made anew, so that the consumers go on with offsets from the start.",
            discussion: """
                Consumers stop when the cluster is another one, or when a topic ends before what they have processed: \
                that is how a topic looks that was deleted and created again, and offsets mean nothing any more. When \
                that was meant, this command lets them go on. State that was built from the old topics stays.
                """
        )

        @OptionGroup var connection: ConnectionOptions

        @Argument(help: "Topics with their prefix; all of the installation's unless some are named.")
        var topics: [String] = []

        func run() async throws {
            let settings = try connection.settings()
            let known = TopicLayout(settings.topics).names
            for topic in topics where !known.contains(topic) {
                throw Complaint(
                    "\(topic) is not a topic of this installation; they are:\n  \(known.joined(separator: "\n  "))"
                )
            }
            let chosen = topics.isEmpty ? known : topics
            let cluster = try await KafkaAdmin(settings: settings.kafka.client, logger: ToolSettings.logger).clusterID()
            let generations = try await settings.withRedis { redis in
                let store = TopicGenerations(redis: redis, keys: settings.keys)
                try await store.mintNext(chosen, clusterID: cluster)
                return try await store.generations(of: chosen)
            }
            for topic in chosen { print("\(topic)  generation \(generations[topic]?.number ?? 0) on \(cluster)") }
        }
    }

    /// The command `freshet topics acknowledge-loss`.
    struct AcknowledgeLoss: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says that somebody has seen which messages were deleted before they were read.",
            discussion: """
                A consumer that was behind for longer than a topic keeps its messages has lost some. It goes on with the \
                oldest that are left and stays unready, so that somebody takes note; this command prints the numbers \
                and makes it ready again.
                """
        )

        @OptionGroup var connection: ConnectionOptions

        @Option(help: "Consumer groups; those of the services unless some are named.")
        var group: [String] = []

        static let groups = [
            "freshet.stream-processor", "freshet.stream-processor.catalog", "freshet.profile-updater", "freshet.scorer",
        ]

        func run() async throws {
            let settings = try connection.settings()
            let chosen = group.isEmpty ? Self.groups : group
            let seen = try await settings.withRedis { redis in
                var seen: [(group: String, losses: [String: Int64])] = []
                for group in chosen {
                    let store = LossStore(redis: redis, keys: settings.keys, group: group)
                    seen.append((group, try await store.acknowledge()))
                }
                return seen
            }
            for (group, losses) in seen {
                for (partition, count) in losses.sorted(by: { $0.key < $1.key }) {
                    print("\(group)  \(partition)  \(count) messages lost")
                }
            }
            if seen.allSatisfy(\.losses.isEmpty) { print("nothing to acknowledge") }
        }
    }
}
