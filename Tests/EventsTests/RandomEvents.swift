import Events

extension String {
    static func random(using generator: inout some RandomNumberGenerator) -> String {
        let alphabet = Array("abcXYZ019-_.{}%~\"\\/\u{1}\n\u{7f}é字😀\u{301}")
        return String(
            (0..<Int.random(in: 0...12, using: &generator)).compactMap { _ in alphabet.randomElement(using: &generator)
            }
        )
    }
}

extension Event {
    static func random(using generator: inout some RandomNumberGenerator) -> Event {
        func maybe<T>(_ value: T) -> T? { Bool.random(using: &generator) ? value : nil }
        func text() -> String? { maybe(.random(using: &generator)) }
        func number() -> Double? { maybe(Double(Int.random(in: -9_999...9_999, using: &generator)) / 1_000) }
        var event = Event(
            eventID: .random(using: &generator),
            type: EventType(rawValue: .random(using: &generator)),
            timestamp: Timestamp(
                milliseconds: .random(in: -62_167_219_200_000...253_402_300_799_999, using: &generator)
            )
        )
        event.userID = text()
        event.anonymousID = text()
        event.sessionID = text()
        event.itemID = text()
        event.items = (0..<Int.random(in: 0...3, using: &generator)).map { _ in .random(using: &generator) }
        event.value = number()
        event.properties = maybe(Array(#"{ "a" : [ 1.0e0 , "\u0041" ] }"#.utf8))
        if Bool.random(using: &generator) {
            var context = Context()
            (context.device, context.os, context.locale, context.country) = (text(), text(), text(), text())
            (context.page, context.referrer, context.placement) = (text(), text(), text())
            event.context = context
        }
        if Bool.random(using: &generator) {
            var recommendation = Recommendation()
            (recommendation.requestID, recommendation.source, recommendation.policy) = (text(), text(), text())
            recommendation.position = maybe(.random(in: .min ... .max, using: &generator))
            recommendation.propensity = number()
            event.recommendation = recommendation
        }
        if Bool.random(using: &generator) {
            var consent = Consent()
            consent.personalization = maybe(.random(using: &generator))
            consent.analytics = maybe(.random(using: &generator))
            event.consent = consent
        }
        return event
    }
}

extension Activity {
    /// An activity as a stream-processor writes it: with ids that are well formed.
    static func random(using generator: inout some RandomNumberGenerator) -> Activity {
        func id() -> String { "i\(Int.random(in: 0..<1_000, using: &generator))" }
        var event = Event.random(using: &generator)
        event.eventID = id()
        event.userID = event.userID == nil ? nil : id()
        event.anonymousID = event.userID == nil || event.anonymousID != nil ? id() : nil
        event.sessionID = event.sessionID == nil ? nil : id()
        event.itemID = event.itemID == nil ? nil : id()
        event.items = event.items.map { _ in id() }
        event.recommendation?.requestID = nil
        let facts = ItemFacts(
            categories: (0..<Int.random(in: 0...2, using: &generator)).map { _ in .random(using: &generator) },
            tags: (0..<Int.random(in: 0...2, using: &generator)).map { _ in .random(using: &generator) },
            creator: Bool.random(using: &generator) ? .random(using: &generator) : nil
        )
        return Activity(
            event: event,
            user: event.userKey ?? UserKey(userID: id()),
            source: SourceCoordinates(generation: 1, topic: .views, partition: 0, offset: 0),
            receivedAt: Timestamp(milliseconds: .random(in: 0...2_000_000_000_000, using: &generator)),
            session: Session(id: id(), start: event.timestamp),
            item: Bool.random(using: &generator) ? facts : nil,
            isOld: .random(using: &generator)
        )
    }
}
