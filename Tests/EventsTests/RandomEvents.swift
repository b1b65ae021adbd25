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
