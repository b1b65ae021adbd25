import Events
import JSON
import Kafka
import ServiceSupport

/// The records that the profile updater writes.
struct ProfileRecords: Sendable {
    let topics: TopicNames

    /// A notice that a profile has changed, for `profiles.updated`.
    func notice(_ user: UserKey, revision: UInt64, receivedAt: Timestamp) -> KafkaOutgoingMessage {
        var json = JSONWriter()
        json.beginObject()
        json.field("user", user.rawValue)
        json.field("revision", Int(clamping: revision))
        json.endObject()
        let headers = EventHeaders(receivedAt: receivedAt)
        return KafkaOutgoingMessage(
            topic: topics.profilesUpdated,
            key: Array(user.rawValue.utf8),
            value: json.bytes,
            headers: headers.pairs.map { KafkaHeader($0.name, $0.text) }
        )
    }

    /// The bytes of a record of `activity` that cannot be read, for `events.rejected`.
    func rejected(_ record: KafkaMessage, error: EventError) -> KafkaOutgoingMessage {
        let source = record.header(EventHeaders.Name.source).flatMap {
            SourceCoordinates(String(decoding: $0, as: UTF8.self))
        }
        return rejected(key: record.key, value: record.value ?? [], source: source, reason: error.reason)
    }

    /// An activity whose user's profile cannot be used.
    func rejected(_ activity: Activity) -> KafkaOutgoingMessage {
        rejected(
            key: Array(activity.user.rawValue.utf8),
            value: ActivityCodec.encode(activity),
            source: activity.source,
            reason: .unprocessable
        )
    }

    private func rejected(
        key: [UInt8]?,
        value: [UInt8],
        source: SourceCoordinates?,
        reason: EventError.Reason
    ) -> KafkaOutgoingMessage {
        let headers = EventHeaders(source: source, reason: reason, stage: .profileUpdater)
        // What is too large is cut, or no broker would take it.
        return KafkaOutgoingMessage(
            topic: topics.rejected,
            key: key.map { Array($0.prefix(UserKey.maximumLength)) },
            value: Array(value.prefix(ActivityCodec.maximumBytes)),
            headers: headers.pairs.map { KafkaHeader($0.name, $0.text) }
        )
    }
}
