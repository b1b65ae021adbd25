import Events
import Kafka
import ServiceSupport

/// What the collector can be told.
///
/// | key | default | meaning |
/// |---|---|---|
/// | `http.*`, `http.cors.origins` | port 8080, `*` | where it listens, and whose pages may call it |
/// | `kafka.*`, `topics.*` | | where events go |
/// | `events.types` | | further types, each `type=topic` |
/// | `events.old.after` | `7d` | the age from which an event counts as old |
/// | `collector.deadline` | `5s` | how long a request waits for Kafka before its events are spooled, or answered with 503 |
/// | `collector.inflight.bytes` | 64 MiB | bodies held at the same time; more are answered with 429 |
/// | `limits.*` | | see ``LimitSettings`` |
/// | `spool.*` | | see ``SpoolSettings`` |
struct CollectorSettings: Sendable {
    let http: ListenerSettings
    let cors: CORSSettings
    let kafka: KafkaConnectionSettings
    let topics: TopicNames
    let validator: EventValidator
    let deadline: Duration
    let inflightBytes: Int
    let userLimits: LimitSettings
    let spool: SpoolSettings?
    /// The producer's settings, which depend on whether there is a spool.
    let producer: KafkaClientSettings

    init(from reader: SettingsReader) throws(SettingsError) {
        http = try ListenerSettings(from: reader, port: 8080)
        cors = try CORSSettings(from: reader, default: ["*"])
        kafka = try KafkaConnectionSettings(from: reader, clientID: "collector")
        topics = try TopicNames(from: reader)
        let types = try reader.list(
            "events.types",
            description: "types beyond the built-in ones, each type=topic, for example bookmark=feedback"
        )
        let oldAfter = try reader.duration(
            "events.old.after",
            default: .seconds(7 * 86_400),
            description: "the age from which an event counts as old"
        )
        var limits = EventLimits()
        limits.oldAgeMilliseconds = oldAfter.components.seconds * 1_000
        do {
            validator = EventValidator(limits: limits, routing: try EventRouting(adding: types))
        } catch {
            throw SettingsError(key: "events.types", problem: error.description)
        }
        deadline = try reader.duration(
            "collector.deadline",
            default: .seconds(5),
            range: .milliseconds(1) ... .seconds(600),
            description:
                "how long a request waits for Kafka before its events go to the spool, or without one it is answered with 503"
        )
        inflightBytes = try reader.int(
            "collector.inflight.bytes",
            default: 64 * 1024 * 1024,
            range: 1_048_576...Int(Int32.max),
            description: "bytes of bodies held at the same time; more are answered with 429"
        )
        userLimits = try LimitSettings(from: reader)
        spool = try SpoolSettings(from: reader)
        producer = try Self.producer(kafka.client, hasSpool: spool != nil)
    }

    /// With a spool no record may time out while later ones of its partition arrive: the replay would come too late.
    private static func producer(
        _ client: KafkaClientSettings,
        hasSpool: Bool
    ) throws(SettingsError) -> KafkaClientSettings {
        guard hasSpool else { return client }
        for name in ["message.timeout.ms", "delivery.timeout.ms"] where client.properties[name] ?? "0" != "0" {
            throw SettingsError(
                key: "kafka.properties.\(name)",
                problem: "must not be set with a spool, which needs records that never time out"
            )
        }
        var client = client
        client.properties["message.timeout.ms"] = "0"
        return client
    }
}
