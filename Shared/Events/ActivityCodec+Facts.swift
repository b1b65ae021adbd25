import JSON

extension ActivityCodec {
    /// The fields that are read; all others, as context, are only checked for their syntax.
    private enum Field: String, CaseIterable {
        case eventID = "eventId"
        case type
        case userID = "userId"
        case anonymousID = "anonymousId"
        case itemID = "itemId"
        case items, value, timestamp, receivedAt, session, item, properties, old

        static let all = allCases
        static let names = JSONFieldNames(allCases.map(\.rawValue))
    }

    private static let sessionNames = JSONFieldNames(["id", "start"])

    /// Reads what shapes profiles and counts; `source` comes from the record's headers.
    ///
    /// Of every activity that ``decode(_:source:)`` reads it reads the same, in a fraction of the time: nothing is made of
    /// what nobody needs. It checks what state is kept under, so that a record that no stream-processor wrote cannot make
    /// it grow.
    public static func decodeFacts(
        _ bytes: [UInt8],
        source: SourceCoordinates
    ) throws(EventError) -> ActivityFacts {
        guard bytes.count <= maximumBytes else {
            throw EventError(.tooLarge, "an activity has at most \(maximumBytes) bytes")
        }
        var reader = JSONReader(bytes)
        var (eventID, anonymousID): (ArraySlice<UInt8>?, ArraySlice<UInt8>?)
        var (type, userID, itemID): (String?, String?, String?)
        var items: [String] = []
        var value: Double?
        var (timestamp, receivedAt, sessionStart): (Timestamp?, Timestamp?, Timestamp?)
        var item: Activity.ItemFacts?
        var properties: Range<Int>?
        try EventError.wrapping { () throws(JSONError) in
            try reader.readFields(Field.names) { (reader, place) throws(JSONError) in
                switch Field.all[place] {
                case .eventID: eventID = try reader.utf8("eventId")
                case .type: type = try reader.text("type")
                case .userID: userID = try reader.text("userId")
                case .anonymousID: anonymousID = try reader.utf8("anonymousId")
                case .itemID: itemID = try reader.text("itemId")
                case .items: items = try reader.texts("items")
                case .value: value = try reader.number("value")
                case .timestamp: timestamp = try reader.timestamp("timestamp")
                case .receivedAt: receivedAt = try reader.timestamp("receivedAt")
                case .session: sessionStart = try readSessionStart(&reader)
                case .item: item = try reader.itemFacts()
                case .properties: properties = try reader.peek() == .object ? reader.skipValue() : nullRange(&reader)
                case .old: _ = try reader.bool("old")
                }
            }
            try reader.finish()
        }
        guard let type else { throw EventError(.missingField, field: "type", "is required") }
        guard let eventID else { throw EventError(.missingField, field: "eventId", "is required") }
        guard let timestamp else { throw EventError(.missingField, field: "timestamp", "is required") }
        let user: UserKey
        if let userID {
            user = UserKey(userID: userID)
        } else if let anonymousID {
            user = UserKey(anonymousID: String(decoding: anonymousID, as: UTF8.self))
        } else {
            throw EventError(.missingField, field: "userId", "is required")
        }
        guard let receivedAt else { throw EventError(.missingField, field: "receivedAt", "is required") }
        guard let sessionStart else {
            throw EventError(.missingField, field: "session", "with id and start is required")
        }
        try validator.checkIDs(
            eventID: eventID,
            userID: userID,
            anonymousID: anonymousID,
            itemID: itemID,
            items: items
        )
        return ActivityFacts(
            user: user,
            source: source,
            type: EventType(rawValue: type),
            itemID: itemID,
            items: items,
            value: value,
            receivedAt: receivedAt,
            effectiveTime: min(timestamp, receivedAt),
            sessionStart: sessionStart,
            item: item,
            declared: ActivityFacts.declares(EventType(rawValue: type)) ? properties.map { Array(bytes[$0]) } : nil
        )
    }

    /// What is no object is only checked for its syntax.
    private static func nullRange(_ reader: inout JSONReader) throws(JSONError) -> Range<Int>? {
        _ = try reader.skipValue()
        return nil
    }

    /// The start of a session that has an id; `nil` as well when a part is absent.
    private static func readSessionStart(_ reader: inout JSONReader) throws(JSONError) -> Timestamp? {
        guard try !reader.isNull("session") else { return nil }
        var hasID = false
        var start: Timestamp?
        try reader.readFields(sessionNames, of: "session") { (reader, place) throws(JSONError) in
            if place == 0 {
                hasID = try reader.utf8("session.id") != nil
            } else {
                start = try reader.timestamp("session.start")
            }
        }
        return hasID ? start : nil
    }
}
