/// An event that may enter the stream, and what was found out about it on the way.
public struct ValidatedEvent: Hashable, Sendable {
    /// The event.
    public var event: Event
    /// Its topic.
    public var topic: SignalTopic
    /// Its record key.
    public var user: UserKey
    /// Whether it is older than ``EventLimits/oldAgeMilliseconds``.
    public var isOld: Bool
}

/// Decides whether an event may enter the stream.
///
/// The collector and the stream-processor ask the same validator, so what one lets through the other does too.
public struct EventValidator: Sendable {
    /// How large, how old and how new an event may be.
    public var limits: EventLimits
    /// Which types there are.
    public var routing: EventRouting

    /// Creates a validator.
    public init(limits: EventLimits = EventLimits(), routing: EventRouting = EventRouting()) {
        self.limits = limits
        self.routing = routing
    }

    /// Checks an event, with `now` being when it was received.
    public func validate(_ event: Event, now: Timestamp) throws(EventError) -> ValidatedEvent {
        guard let topic = routing.topic(for: event.type) else {
            throw EventError(.unknownType, field: "type", "is not a type that this installation knows")
        }
        try checkIDs(of: event)
        guard let user = event.userKey else {
            throw EventError(.missingField, field: "userId", "or anonymousId is required")
        }
        try checkTexts(of: event)
        try checkNumbers(of: event)
        try checkNeeds(of: event)
        guard event.timestamp.milliseconds - now.milliseconds <= limits.maximumLeadMilliseconds else {
            throw EventError(.futureTimestamp, field: "timestamp", "is too far in the future")
        }
        let isOld = now.milliseconds - event.timestamp.milliseconds > limits.oldAgeMilliseconds
        return ValidatedEvent(event: event, topic: topic, user: user, isOld: isOld)
    }

    /// Reads and checks the record of a topic, which an app may have produced itself.
    ///
    /// The record's `key` must be the event's user, `topic` the type's; `now` is when the record was received.
    public func accept(
        _ value: [UInt8],
        key: [UInt8]?,
        topic: SignalTopic,
        now: Timestamp
    ) throws(EventError) -> ValidatedEvent {
        try checkSize(value.count)
        let accepted = try validate(try EventCodec.decode(value), now: now)
        guard let key, key.elementsEqual(accepted.user.rawValue.utf8) else {
            throw EventError(.keyMismatch, "the record's key is not userId, nor ~ and anonymousId")
        }
        guard topic == accepted.topic else {
            throw EventError(.wrongTopic, field: "type", "belongs to the topic \(accepted.topic.name)")
        }
        return accepted
    }

    /// Refuses an event whose JSON has too many bytes.
    public func checkSize(_ bytes: Int) throws(EventError) {
        guard bytes <= limits.maximumEventBytes else {
            throw EventError(.tooLarge, "an event has at most \(limits.maximumEventBytes) bytes")
        }
    }

    /// Whether `id` is not empty, not too long and without control characters.
    public static func isIDWellFormed(_ id: String, maximumBytes: Int) -> Bool {
        let count = id.utf8.count
        guard count > 0, count <= maximumBytes else { return false }
        return id.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) }
    }

    private func checkIDs(of event: Event) throws(EventError) {
        let ids: [(field: String, id: String?)] = [
            ("eventId", event.eventID), ("userId", event.userID), ("anonymousId", event.anonymousID),
            ("sessionId", event.sessionID), ("itemId", event.itemID),
            ("recommendation.requestId", event.recommendation?.requestID),
        ]
        for (field, id) in ids {
            guard let id else { continue }
            // The `~` that a visitor's key begins with counts.
            let maximum = field == "anonymousId" ? limits.maximumIDBytes - 1 : limits.maximumIDBytes
            try check(id, field: field, maximumBytes: maximum)
        }
        if let userID = event.userID, userID.utf8.first == UInt8(ascii: "~") {
            throw EventError(.invalidID, field: "userId", "must not begin with ~, which marks visitors")
        }
        guard event.items.count <= limits.maximumItems else {
            throw EventError(.tooManyItems, field: "items", "lists at most \(limits.maximumItems) items")
        }
        for item in event.items { try check(item, field: "items", maximumBytes: limits.maximumIDBytes) }
    }

    private func check(_ id: String, field: String, maximumBytes: Int) throws(EventError) {
        guard Self.isIDWellFormed(id, maximumBytes: maximumBytes) else {
            throw EventError(
                .invalidID,
                field: field,
                "must have 1 to \(maximumBytes) bytes of UTF-8 and no control characters"
            )
        }
    }

    private func checkTexts(of event: Event) throws(EventError) {
        let context = event.context
        let texts: [(field: String, text: String?)] = [
            ("context.device", context?.device), ("context.os", context?.os), ("context.locale", context?.locale),
            ("context.country", context?.country), ("context.page", context?.page),
            ("context.referrer", context?.referrer), ("context.placement", context?.placement),
            ("recommendation.source", event.recommendation?.source),
            ("recommendation.policy", event.recommendation?.policy),
        ]
        for (field, text) in texts {
            guard let text, text.utf8.count > limits.maximumTextBytes else { continue }
            throw EventError(.invalidValue, field: field, "has at most \(limits.maximumTextBytes) bytes of UTF-8")
        }
    }

    private func checkNumbers(of event: Event) throws(EventError) {
        if let value = event.value, !value.isFinite {
            throw EventError(.invalidValue, field: "value", "must be a finite number")
        }
        if let position = event.recommendation?.position, position < 0 {
            throw EventError(.invalidValue, field: "recommendation.position", "must not be negative")
        }
        if let propensity = event.recommendation?.propensity, !(propensity > 0 && propensity <= 1) {
            throw EventError(.invalidValue, field: "recommendation.propensity", "must be above 0 and at most 1")
        }
    }

    private func checkNeeds(of event: Event) throws(EventError) {
        let needs = TypeRequirements.of(event.type)
        for field in needs.fields where !field.isPresent(in: event) {
            throw EventError(.missingField, field: field.rawValue, "is required for type \(event.type.rawValue)")
        }
        if let range = needs.valueRange, let value = event.value, !range.contains(value) {
            let bounds =
                range.upperBound < .greatestFiniteMagnitude ? "from 0 to \(Int(range.upperBound))" : "0 or more"
            throw EventError(.invalidValue, field: "value", "must be \(bounds) for type \(event.type.rawValue)")
        }
    }
}
