/// The event as Foundation's coders want it.
struct CodableEvent: Codable {
    struct Context: Codable {
        var device, os, locale, country, page, referrer, placement: String?
    }

    struct Recommendation: Codable {
        var requestId: String?
        var position: Int?
        var source, policy: String?
        var propensity: Double?
    }

    struct Consent: Codable {
        var personalization, analytics: Bool?
    }

    var eventId, type: String
    var userId, anonymousId, sessionId, itemId: String?
    var value: Double?
    var timestamp: String
    var context: Context?
    var recommendation: Recommendation?
    var consent: Consent?
    var properties: [String: String]?
}
