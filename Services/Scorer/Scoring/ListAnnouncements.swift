import Events
import JSON
import Kafka
import Stores

/// Tells on `recommendations.updated` whose list has changed.
struct ListAnnouncements: Sendable {
    let producer: KafkaProducer
    let topic: String

    /// Returns when the brokers have all notices.
    func send(_ lists: [UserList]) async throws {
        let messages = lists.map { user, list in
            var json = JSONWriter(reservingCapacity: 128)
            json.beginObject()
            json.field("user", user.rawValue)
            json.field("profileRevision", Int(clamping: list.profileRevision))
            json.field("modelVersion", Int(clamping: list.modelVersion))
            json.endObject()
            return KafkaOutgoingMessage(topic: topic, key: Array(user.rawValue.utf8), value: json.bytes)
        }
        for result in await producer.send(messages) { _ = try result.get() }
    }
}
