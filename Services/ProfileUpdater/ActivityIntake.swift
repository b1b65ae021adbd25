import Events
import Kafka
import ServiceSupport

/// Reads records of `activity`.
struct ActivityIntake: Sendable {
    /// A record that is not what the stream processor writes.
    struct Rejected: Error {
        var record: KafkaMessage
        var error: EventError
    }

    let topology: StreamTopology

    func read(_ record: KafkaMessage) -> Result<Activity, Rejected> {
        do throws(EventError) {
            guard let source = record.header(EventHeaders.Name.source).flatMap({ SourceCoordinates(utf8: $0) }) else {
                throw EventError(.missingField, field: EventHeaders.Name.source, "is not in the record's headers")
            }
            guard let value = record.value else { throw EventError(.malformedJSON, "the record has no value") }
            let activity = try ActivityCodec.decode(value, source: source, extent: .facts)
            try topology.check(activity.user, on: record.partition)
            return .success(activity)
        } catch {
            return .failure(Rejected(record: record, error: error))
        }
    }
}
