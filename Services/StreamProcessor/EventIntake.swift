import Events
import Kafka
import ServiceSupport

/// Reads records of `events.*`: the same checks as in the collector, because apps may produce directly.
struct EventIntake: Sendable {
    /// A record that may go on.
    struct Accepted: Sendable {
        var event: ValidatedEvent
        var source: SourceCoordinates
        var receivedAt: Timestamp
        var record: KafkaMessage

        /// The event's own time, but never after it was received.
        var effectiveTime: Timestamp { min(event.event.timestamp, receivedAt) }
    }

    /// A record that can never be processed.
    struct Rejected: Error {
        var record: KafkaMessage
        var source: SourceCoordinates
        var error: EventError
    }

    private let signals: [String: SignalTopic]
    private let topology: StreamTopology
    private let validator: EventValidator

    init(topics: TopicNames, topology: StreamTopology, validator: EventValidator) {
        signals = Dictionary(uniqueKeysWithValues: SignalTopic.allCases.map { (topics.events($0), $0) })
        self.topology = topology
        self.validator = validator
    }

    /// Reads one record; `nil` for a topic that is not one of `events.*`.
    func read(_ record: KafkaMessage) -> Result<Accepted, Rejected>? {
        guard let signal = signals[record.topic], let generation = topology.generations[record.topic] else {
            return nil
        }
        let source = SourceCoordinates(
            generation: generation,
            topic: signal,
            partition: record.partition,
            offset: record.offset
        )
        let now = receivedAt(record)
        do throws(EventError) {
            guard let value = record.value else {
                throw EventError(.malformedJSON, "the record has no value")
            }
            let event = try validator.accept(value, key: record.key, topic: signal, now: now)
            try topology.check(event.user, on: record.partition)
            return .success(Accepted(event: event, source: source, receivedAt: now, record: record))
        } catch {
            return .failure(Rejected(record: record, source: source, error: error))
        }
    }

    /// The collector's clock; for what apps produce themselves the record's timestamp.
    ///
    /// Anybody can write a header: one that is no time that can be written counts as absent.
    private func receivedAt(_ record: KafkaMessage) -> Timestamp {
        let header = record.header(EventHeaders.Name.receivedAt)
            .flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
            .map(Timestamp.init(milliseconds:))
        if let header, header.isWritable { return header }
        return min(max(Timestamp(milliseconds: record.timestamp), .earliest), .latest)
    }
}
