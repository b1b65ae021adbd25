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
        isWellFormed(id.utf8, maximumBytes: maximumBytes)
    }

    private static func isWellFormed(_ id: some Collection<UInt8>, maximumBytes: Int) -> Bool {
        let count = id.count
        guard count > 0, count <= maximumBytes else { return false }
        var previous: UInt8 = 0
        for byte in id {
            // U+0080 to U+009F are the bytes C2 80 to C2 9F.
            if byte < 0x20 || byte == 0x7f || (previous == 0xc2 && byte < 0xa0) { return false }
            previous = byte
        }
        return true
    }

    /// Checks the ids that state is kept under, and how many there are.
    func checkIDs(of event: Event) throws(EventError) {
        let maximum = limits.maximumIDBytes
        try check(event.eventID.utf8, field: "eventId", maximumBytes: maximum)
        try check(event.userID?.utf8, field: "userId", maximumBytes: maximum)
        // The `~` that a visitor's key begins with counts.
        try check(event.anonymousID?.utf8, field: "anonymousId", maximumBytes: maximum - 1)
        try check(event.sessionID?.utf8, field: "sessionId", maximumBytes: maximum)
        try check(event.itemID?.utf8, field: "itemId", maximumBytes: maximum)
        let request = event.recommendation?.requestID?.utf8
        try check(request, field: "recommendation.requestId", maximumBytes: maximum)
        try checkIsNoVisitor(event.userID)
        try check(items: event.items)
    }

    /// Checks the ids of what state is kept under, in the order of ``checkIDs(of:)``.
    func checkIDs(
        eventID: ArraySlice<UInt8>,
        userID: String?,
        anonymousID: ArraySlice<UInt8>?,
        itemID: String?,
        items: [String]
    ) throws(EventError) {
        let maximum = limits.maximumIDBytes
        try check(eventID, field: "eventId", maximumBytes: maximum)
        try check(userID?.utf8, field: "userId", maximumBytes: maximum)
        try check(anonymousID, field: "anonymousId", maximumBytes: maximum - 1)
        try check(itemID?.utf8, field: "itemId", maximumBytes: maximum)
        try checkIsNoVisitor(userID)
        try check(items: items)
    }

    private func checkIsNoVisitor(_ userID: String?) throws(EventError) {
        guard userID?.utf8.first == UInt8(ascii: "~") else { return }
        throw EventError(.invalidID, field: "userId", "must not begin with ~, which marks visitors")
    }

    private func check(items: [String]) throws(EventError) {
        guard items.count <= limits.maximumItems else {
            throw EventError(.tooManyItems, field: "items", "lists at most \(limits.maximumItems) items")
        }
        for item in items { try check(item.utf8, field: "items", maximumBytes: limits.maximumIDBytes) }
    }

    private func check(
        _ id: (some Collection<UInt8>)?,
        field: String,
        maximumBytes: Int
    ) throws(EventError) {
        guard let id else { return }
        guard Self.isWellFormed(id, maximumBytes: maximumBytes) else {
            throw EventError(
                .invalidID,
                field: field,
                "must have 1 to \(maximumBytes) bytes of UTF-8 and no control characters"
            )
        }
    }

    private func checkTexts(of event: Event) throws(EventError) {
        if let context = event.context {
            try check(text: context.device, field: "context.device")
            try check(text: context.os, field: "context.os")
            try check(text: context.locale, field: "context.locale")
            try check(text: context.country, field: "context.country")
            try check(text: context.page, field: "context.page")
            try check(text: context.referrer, field: "context.referrer")
            try check(text: context.placement, field: "context.placement")
        }
        if let recommendation = event.recommendation {
            try check(text: recommendation.source, field: "recommendation.source")
            try check(text: recommendation.policy, field: "recommendation.policy")
        }
    }

    private func check(text: String?, field: String) throws(EventError) {
        guard let text, text.utf8.count > limits.maximumTextBytes else { return }
        throw EventError(.invalidValue, field: field, "has at most \(limits.maximumTextBytes) bytes of UTF-8")
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
