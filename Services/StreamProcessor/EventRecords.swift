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
        return rejected(record, headers: headers.pairs.map { KafkaHeader($0.name, $0.text) })
    }

    /// The bytes of a catalog entry that cannot be read or stored; it has no source coordinates, so the books do not
    /// count it.
    func rejectedCatalogEntry(_ record: KafkaMessage, reason: String) -> KafkaOutgoingMessage {
        rejected(
            record,
            headers: [
                KafkaHeader(EventHeaders.Name.stage, EventHeaders.Stage.streamProcessor.rawValue),
                KafkaHeader(EventHeaders.Name.reason, "catalog-\(reason)"),
            ]
        )
    }

    /// What is too large is cut, or no broker would take it: its beginning tells where it came from.
    private func rejected(_ record: KafkaMessage, headers: [KafkaHeader]) -> KafkaOutgoingMessage {
        let limits = EventLimits()
        return KafkaOutgoingMessage(
            topic: topics.rejected,
            key: record.key.map { Array($0.prefix(limits.maximumIDBytes)) },
            value: Array((record.value ?? []).prefix(limits.maximumEventBytes)),
            headers: headers
        )
    }
}
