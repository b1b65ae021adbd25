import ArgumentParser
import Kafka
import ServiceSupport

/// The command `freshet topics …`.
struct TopicsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topics",
        abstract: "Creates the topics, and begins new generations of them.",
        subcommands: [Create.self]
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
            let admin = KafkaAdmin(settings: settings.kafka.client, logger: ToolSettings.logger)
            let before = try await admin.metadata()
            let wanted = TopicLayout(names).specifications(replication: replication)
            try await admin.createTopics(wanted)
            for topic in wanted {
                let verb = before.topics[topic.name] == nil ? "created" : "exists "
                print("\(verb)  \(topic.name)  \(topic.partitions) partitions")
            }
        }
    }
}
