import Events
import JSON
import Kafka
import Profiles
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

    /// A notice that a user has entered or left segments, for `segments.updated`.
    func segments(_ notice: SegmentNotice) -> KafkaOutgoingMessage {
        var json = JSONWriter()
        json.beginObject()
        json.field("user", notice.user.rawValue)
        json.field("revision", Int(clamping: notice.revision))
        json.field("time", notice.time.description)
        for (name, keys) in [("segments", notice.segments), ("entered", notice.entered), ("left", notice.left)] {
            json.key(name)
            json.write(keys.map(\.description))
        }
        json.field("modelVersion", Int(clamping: notice.modelVersion))
        json.endObject()
        return KafkaOutgoingMessage(
            topic: topics.segmentsUpdated,
            key: Array(notice.user.rawValue.utf8),
            value: json.bytes
        )
    }

    /// The bytes of a record of `activity` that cannot be read, for `events.rejected`.
    func rejected(_ record: KafkaMessage, error: EventError) -> KafkaOutgoingMessage {
        rejected(record, reason: error.reason)
    }

    /// The record of an activity whose user's profile cannot be used.
    func unprocessable(_ record: KafkaMessage) -> KafkaOutgoingMessage {
        rejected(record, reason: .unprocessable)
    }

    private func rejected(_ record: KafkaMessage, reason: EventError.Reason) -> KafkaOutgoingMessage {
        let source = record.header(EventHeaders.Name.source).flatMap {
            SourceCoordinates(utf8: $0)
        }
        let headers = EventHeaders(source: source, reason: reason, stage: .profileUpdater)
        // What is too large is cut, or no broker would take it.
        return KafkaOutgoingMessage(
            topic: topics.rejected,
            key: record.key.map { Array($0.prefix(UserKey.maximumLength)) },
            value: Array((record.value ?? []).prefix(ActivityCodec.maximumBytes)),
            headers: headers.pairs.map { KafkaHeader($0.name, $0.text) }
        )
    }
}
