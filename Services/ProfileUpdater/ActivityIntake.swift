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

    func read(_ record: KafkaMessage) -> Result<ActivityFacts, Rejected> {
        do throws(EventError) {
            guard let source = record.header(EventHeaders.Name.source).flatMap({ SourceCoordinates(utf8: $0) }) else {
                throw EventError(.missingField, field: EventHeaders.Name.source, "is not in the record's headers")
            }
            guard let value = record.value else { throw EventError(.malformedJSON, "the record has no value") }
            let facts = try ActivityCodec.decodeFacts(value, source: source)
            try topology.check(facts.user, on: record.partition)
            return .success(facts)
        } catch {
            return .failure(Rejected(record: record, error: error))
        }
    }
}
