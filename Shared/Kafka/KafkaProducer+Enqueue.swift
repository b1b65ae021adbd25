import CRDKafka
import Synchronization

extension KafkaProducer {
    /// Hands messages over in this order without waiting, for callers that keep their own books of what is under way.
    ///
    /// Returns those that were refused at once: a full queue (then everything behind it too), a topic not yet known (then
    /// all; see ``warmUp(topics:timeout:)``), a client that has closed. Every other message is reported once, with its
    /// place in `messages`, on the client's own thread: `report` must not block, and may run before this returns.
    public func enqueue(
        _ messages: [KafkaOutgoingMessage],
        report: @escaping @Sendable (_ index: Int, _ result: Result<KafkaDelivery, KafkaError>) -> Void
    ) -> [Int: KafkaError] {
        guard !messages.isEmpty else { return [:] }
        produced.add(messages.count, ordering: .relaxed)
        let refused = enqueueCounted(messages) { [self] index, result in
            if case .success = result {
                delivered.add(1, ordering: .relaxed)
            } else {
                failed.add(1, ordering: .relaxed)
            }
            report(index, result)
        }
        failed.add(refused.count, ordering: .relaxed)
        return refused
    }

    private func enqueueCounted(
        _ messages: [KafkaOutgoingMessage],
        report: @escaping @Sendable (Int, Result<KafkaDelivery, KafkaError>) -> Void
    ) -> [Int: KafkaError] {
        func all(_ error: KafkaError) -> [Int: KafkaError] {
            Dictionary(uniqueKeysWithValues: messages.indices.map { ($0, error) })
        }
        guard unknownTopics(of: messages).isEmpty else {
            return all(KafkaError(code: .unknownTopic, message: "a topic is not known yet", isRetriable: true))
        }
        let client: ProducerClient
        do { client = try currentClient() } catch { return all(error) }
        let batch = DeliveryBatch(count: messages.count, onReport: report)
        var refused: [Int: KafkaError] = [:]
        let isOpen = client.whileOpen {
            var stopped: KafkaError?
            for index in messages.indices {
                guard let error = stopped ?? client.enqueue(messages[index], opaque: batch.opaque(at: index)) else {
                    continue
                }
                refused[index] = error
                // What comes behind must not overtake.
                if error.code == .queueFull { stopped = error }
            }
        }
        if !isOpen {
            refused = all(KafkaError(code: .fatal, message: "the producer was replaced or closed", isRetriable: true))
        }
        for (index, error) in refused { batch.resolve(index, .failure(error)) }
        return refused
    }
}
