import JSON

/// Events as JSON objects, the values of the `events.*` topics.
///
/// A field that is `null` counts as absent; an unknown field is passed over; a known field that stands there twice is an
/// error. `docs/events.md` is the description, `event.schema.json` the schema.
public enum EventCodec {
    /// What an event that comes without them is given.
    public struct Defaults: Sendable {
        /// The id.
        public var eventID: String
        /// The time.
        public var timestamp: Timestamp

        /// Creates defaults.
        public init(eventID: String, timestamp: Timestamp) {
            self.eventID = eventID
            self.timestamp = timestamp
        }
    }

    /// Reads the event that makes up `range` of `bytes` (all of them by default); checks its form, not its meaning.
    public static func decode(
        _ bytes: [UInt8],
        in range: Range<Int>? = nil,
        completing defaults: Defaults? = nil
    ) throws(EventError) -> Event {
        var reader = JSONReader(bytes, in: range)
        var fields = EventFields()
        try EventError.wrapping { () throws(JSONError) in
            try reader.readFields { (reader, key) throws(JSONError) in try fields.read(key, from: &reader) }
            try reader.finish()
        }
        return try fields.event(completing: defaults)
    }

    /// The event's JSON.
    public static func encode(_ event: Event) -> [UInt8] {
        var json = JSONWriter(reservingCapacity: 512)
        json.beginObject()
        write(event, to: &json)
        json.endObject()
        return json.bytes
    }

    /// The id of something that need not be a valid event, for the answer to whoever sent it; `nil` without a usable one.
    public static func eventID(in bytes: [UInt8], range: Range<Int>? = nil) -> String? {
        var reader = JSONReader(bytes, in: range)
        do {
            try reader.beginObject()
            while let key = try reader.nextKey() {
                guard key == "eventId" else {
                    try reader.skipValue()
                    continue
                }
                let id = try reader.readString()
                return EventValidator.isIDWellFormed(id, maximumBytes: EventLimits().maximumIDBytes) ? id : nil
            }
        } catch {}
        return nil
    }

    /// Writes the fields of an event into an object that is open.
    static func write(_ event: Event, to json: inout JSONWriter) {
        json.field("eventId", event.eventID)
        json.field("type", event.type.rawValue)
        json.field("userId", event.userID)
        json.field("anonymousId", event.anonymousID)
        json.field("sessionId", event.sessionID)
        json.field("itemId", event.itemID)
        json.field("items", event.items)
        json.field("value", event.value)
        json.field("timestamp", event.timestamp.description)
        if let context = event.context { write(context, to: &json) }
        if let recommendation = event.recommendation { write(recommendation, to: &json) }
        if let consent = event.consent {
            json.key("consent")
            json.beginObject()
            json.field("personalization", consent.personalization)
            json.field("analytics", consent.analytics)
            json.endObject()
        }
        json.field("properties", raw: event.properties)
    }

    private static func write(_ context: Event.Context, to json: inout JSONWriter) {
        json.key("context")
        json.beginObject()
        json.field("device", context.device)
        json.field("os", context.os)
        json.field("locale", context.locale)
        json.field("country", context.country)
        json.field("page", context.page)
        json.field("referrer", context.referrer)
        json.field("placement", context.placement)
        json.endObject()
    }

    private static func write(_ recommendation: Event.Recommendation, to json: inout JSONWriter) {
        json.key("recommendation")
        json.beginObject()
        json.field("requestId", recommendation.requestID)
        json.field("position", recommendation.position)
        json.field("source", recommendation.source)
        json.field("policy", recommendation.policy)
        json.field("propensity", recommendation.propensity)
        json.endObject()
    }
}
