import Catalog
import Events
import Kafka
import ServiceSupport

/// The records that the stream processor writes.
struct EventRecords: Sendable {
    let topics: TopicNames

    /// A processed event, for `activity`.
    func activity(_ activity: Activity) -> KafkaOutgoingMessage {
        let headers = EventHeaders(
            eventID: activity.event.eventID,
            eventType: activity.event.type,
            receivedAt: activity.receivedAt,
            source: activity.source
        )
        return KafkaOutgoingMessage(
            topic: topics.activity,
            key: Array(activity.user.rawValue.utf8),
            value: ActivityCodec.encode(activity),
            headers: headers.pairs.map { KafkaHeader($0.name, $0.text) }
        )
    }

    /// The bytes of a record that cannot be processed, with the reason, for `events.rejected`.
    func rejected(_ record: KafkaMessage, source: SourceCoordinates, error: EventError) -> KafkaOutgoingMessage {
        let headers = EventHeaders(
            receivedAt: Timestamp(milliseconds: record.timestamp),
            source: source,
            reason: error.reason,
            stage: .streamProcessor
        )
        return KafkaOutgoingMessage(
            topic: topics.rejected,
            key: record.key,
            // What is too large is cut: its beginning tells where it came from.
            value: Array((record.value ?? []).prefix(EventLimits().maximumEventBytes)),
            headers: headers.pairs.map { KafkaHeader($0.name, $0.text) }
        )
    }

    /// The bytes of a catalog entry that cannot be read; it has no source coordinates, so the books do not count it.
    func rejectedCatalogEntry(_ record: KafkaMessage, error: CatalogError) -> KafkaOutgoingMessage {
        KafkaOutgoingMessage(
            topic: topics.rejected,
            key: record.key,
            value: Array((record.value ?? []).prefix(EventLimits().maximumEventBytes)),
            headers: [
                KafkaHeader(EventHeaders.Name.stage, EventHeaders.Stage.streamProcessor.rawValue),
                KafkaHeader(EventHeaders.Name.reason, "catalog-\(error.reason.rawValue)"),
            ]
        )
    }
}
