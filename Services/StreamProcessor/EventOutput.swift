import Kafka

/// Where the records of a batch go before its states are written.
protocol EventOutput: Sendable {
    /// Returns when the records that follow from `batch` are durable, in the order given.
    func emit(_ records: [EmittedRecord], of batch: [KafkaMessage]) async throws
}

/// A record, and the one it follows from.
struct EmittedRecord: Sendable {
    var source: KafkaMessage
    var message: KafkaOutgoingMessage
}

/// Produces and waits for every delivery report; a crash before the states are written produces the same again.
struct ImmediateOutput: EventOutput {
    let producer: KafkaProducer

    func emit(_ records: [EmittedRecord], of _: [KafkaMessage]) async throws {
        guard !records.isEmpty else { return }
        for report in await producer.send(records.map(\.message)) { _ = try report.get() }
    }
}
