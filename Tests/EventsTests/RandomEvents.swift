import Events

/// SplitMix64: the same numbers for the same seed, everywhere.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

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

extension [UInt8] {
    /// Changes, removes, inserts or repeats one byte.
    mutating func mutate(using generator: inout some RandomNumberGenerator) {
        guard !isEmpty else { return }
        let index = Int.random(in: indices, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: self[index] = UInt8.random(in: 0...255, using: &generator)
        case 1: remove(at: index)
        case 2: insert(UInt8.random(in: 0x20..<0x80, using: &generator), at: index)
        default: insert(self[Int.random(in: indices, using: &generator)], at: index)
        }
    }
}
