import Events
import Kafka
import ServiceSupport

extension IntakeBatch {
    /// The records to produce: the accepted events, then the rejected ones.
    func records(topics: TopicNames, limits: EventLimits, receivedAt: Timestamp) -> [KafkaOutgoingMessage] {
        accepted.map { $0.record(topics: topics, receivedAt: receivedAt) }
            + rejected.map { $0.record(topics: topics, limits: limits, receivedAt: receivedAt) }
    }
}

extension IntakeBatch.Accepted {
    fileprivate func record(topics: TopicNames, receivedAt: Timestamp) -> KafkaOutgoingMessage {
        let headers = EventHeaders(
            eventID: event.event.eventID,
            eventType: event.event.type,
            receivedAt: receivedAt
        )
        return KafkaOutgoingMessage(
            topic: topics.events(event.topic),
            key: Array(event.user.rawValue.utf8),
            value: value,
            headers: headers.pairs.map { KafkaHeader($0.name, $0.text) }
        )
    }
}

extension IntakeBatch.Rejected {
    fileprivate func record(topics: TopicNames, limits: EventLimits, receivedAt: Timestamp) -> KafkaOutgoingMessage {
        let headers = EventHeaders(
            eventID: eventID,
            receivedAt: receivedAt,
            reason: error.reason,
            stage: .collector
        )
        return KafkaOutgoingMessage(
            topic: topics.rejected,
            key: user.map { Array($0.rawValue.utf8) },
            // An oversized event is cut: nobody repairs it from here, but its beginning tells where it came from.
            value: Array(value.prefix(limits.maximumEventBytes)),
            headers: headers.pairs.map { KafkaHeader($0.name, $0.text) }
        )
    }
}
