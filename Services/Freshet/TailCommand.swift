import ArgumentParser
import Events
import Foundation
import JSON
import Kafka
import ServiceSupport

/// The command `freshet tail TOPIC`.
struct TailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Prints a topic's messages as they come."
    )

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The topic, with or without the prefix: activity, events.clicks, events.rejected, …")
    var topic: String

    @Flag(help: "Begin at the oldest message.")
    var fromBeginning = false

    @Flag(help: "Stop at the end instead of waiting for more.")
    var exit = false

    @Option(help: "Stop after so many messages.")
    var limit: Int?

    @Flag(help: "One JSON object per message.")
    var json = false

    func run() async throws {
        let settings = try connection.settings()
        let admin = KafkaAdmin(settings: settings.kafka.client, logger: ToolSettings.logger)
        let topics = try await admin.metadata().topics
        guard let name = [settings.topics.prefix + topic, topic].first(where: { topics[$0] != nil }) else {
            let known = topics.keys.sorted().joined(separator: "\n  ")
            throw Complaint("no topic \(settings.topics.prefix)\(topic); there are:\n  \(known)")
        }
        let reader = try await KafkaReader(
            settings: settings.kafka.client,
            topics: [name],
            from: fromBeginning || exit ? .beginning : .end,
            logger: ToolSettings.logger
        )
        var left = limit ?? .max
        while left > 0, let batch = try await reader.nextBatch() {
            if batch.isEmpty, exit { break }
            for message in batch.prefix(left) { print(json ? Self.object(message) : Self.line(message)) }
            // Lines have to come out when they are read through a pipe, too.
            guard fflush(nil) == 0 else { break }
            left -= min(left, batch.count)
        }
        await reader.close()
    }

    private static func line(_ message: KafkaMessage) -> String {
        let headers = message.headers.map { "\($0.name)=\(text($0.value))" }.joined(separator: " ")
        let value = message.value.map(text) ?? "(deleted)"
        return "\(message.partition)@\(message.offset) \(Timestamp(milliseconds: message.timestamp)) "
            + "\(message.key.map(text) ?? "-") {\(headers)} \(value)"
    }

    private static func object(_ message: KafkaMessage) -> String {
        var json = JSONWriter()
        json.beginObject()
        json.field("topic", message.topic)
        json.field("partition", Int(message.partition))
        json.field("offset", Int(message.offset))
        json.field("timestamp", Int(message.timestamp))
        json.field("key", message.key.map(text))
        json.key("headers")
        json.beginObject()
        for header in message.headers { json.field(header.name, text(header.value)) }
        json.endObject()
        json.field("value", message.value.map(text))
        json.endObject()
        return text(json.bytes)
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
