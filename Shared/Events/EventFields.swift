import JSON

/// Collects the fields of one event while its object is being read.
struct EventFields {
    private var eventID: String?
    private var type: String?
    private var timestamp: Timestamp?
    private var rest = Event(eventID: "", type: EventType(rawValue: ""), timestamp: Timestamp(milliseconds: 0))

    /// Reads the field that stands under `key`; `false` for a key that an event does not have.
    mutating func read(_ key: String, from reader: inout JSONReader) throws(JSONError) -> Bool {
        switch key {
        case "eventId": eventID = try reader.text(key)
        case "type": type = try reader.text(key)
        case "userId": rest.userID = try reader.text(key)
        case "anonymousId": rest.anonymousID = try reader.text(key)
        case "sessionId": rest.sessionID = try reader.text(key)
        case "itemId": rest.itemID = try reader.text(key)
        case "items": rest.items = try reader.texts(key)
        case "value": rest.value = try reader.number(key)
        case "timestamp": timestamp = try reader.timestamp(key)
        case "context": rest.context = try reader.context()
        case "recommendation": rest.recommendation = try reader.recommendation()
        case "consent": rest.consent = try reader.consent()
        case "properties": rest.properties = try reader.rawObject(key)
        default: return false
        }
        return true
    }

    /// The event, once all fields have been read.
    func event(completing defaults: EventCodec.Defaults? = nil) throws(EventError) -> Event {
        guard let type else { throw EventError(.missingField, field: "type", "is required") }
        guard let eventID = eventID ?? defaults?.eventID else {
            throw EventError(.missingField, field: "eventId", "is required")
        }
        guard let timestamp = timestamp ?? defaults?.timestamp else {
            throw EventError(.missingField, field: "timestamp", "is required")
        }
        var event = rest
        event.eventID = eventID
        event.type = EventType(rawValue: type)
        event.timestamp = timestamp
        return event
    }
}

extension JSONReader {
    fileprivate mutating func context() throws(JSONError) -> Event.Context? {
        try optional("context") { (reader) throws(JSONError) in
            var context = Event.Context()
            try reader.readFields(of: "context") { (reader, key) throws(JSONError) in
                switch key {
                case "device": context.device = try reader.text("context.device")
                case "os": context.os = try reader.text("context.os")
                case "locale": context.locale = try reader.text("context.locale")
                case "country": context.country = try reader.text("context.country")
                case "page": context.page = try reader.text("context.page")
                case "referrer": context.referrer = try reader.text("context.referrer")
                case "placement": context.placement = try reader.text("context.placement")
                default: return false
                }
                return true
            }
            return context
        }
    }

    fileprivate mutating func recommendation() throws(JSONError) -> Event.Recommendation? {
        try optional("recommendation") { (reader) throws(JSONError) in
            var recommendation = Event.Recommendation()
            try reader.readFields(of: "recommendation") { (reader, key) throws(JSONError) in
                switch key {
                case "requestId": recommendation.requestID = try reader.text("recommendation.requestId")
                case "position": recommendation.position = try reader.integer("recommendation.position")
                case "source": recommendation.source = try reader.text("recommendation.source")
                case "policy": recommendation.policy = try reader.text("recommendation.policy")
                case "propensity": recommendation.propensity = try reader.number("recommendation.propensity")
                default: return false
                }
                return true
            }
            return recommendation
        }
    }

    fileprivate mutating func consent() throws(JSONError) -> Event.Consent? {
        try optional("consent") { (reader) throws(JSONError) in
            var consent = Event.Consent()
            try reader.readFields(of: "consent") { (reader, key) throws(JSONError) in
                switch key {
                case "personalization": consent.personalization = try reader.bool("consent.personalization")
                case "analytics": consent.analytics = try reader.bool("consent.analytics")
                default: return false
                }
                return true
            }
            return consent
        }
    }
}
