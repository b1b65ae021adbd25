import JSON

/// Activities as JSON objects, the values of the `activity` topic.
///
/// The object is the event's, with `receivedAt`, `session`, `item` and `old` added. The source coordinates stand in the
/// record's headers alone.
public enum ActivityCodec {
    /// The activity's JSON.
    public static func encode(_ activity: Activity) -> [UInt8] {
        var json = JSONWriter(reservingCapacity: 768)
        json.beginObject()
        EventCodec.write(activity.event, to: &json)
        json.field("receivedAt", activity.receivedAt.description)
        json.key("session")
        json.beginObject()
        json.field("id", activity.session.id)
        json.field("start", activity.session.start.description)
        json.endObject()
        if let item = activity.item {
            json.key("item")
            json.beginObject()
            json.field("categories", item.categories)
            json.field("tags", item.tags)
            json.field("creator", item.creator)
            json.endObject()
        }
        if activity.isOld { json.field("old", true) }
        json.endObject()
        return json.bytes
    }

    /// The most bytes of JSON that an activity has: an event, and what the catalog knows of its item.
    public static let maximumBytes = 256 * 1024

    static let validator = EventValidator()

    /// Reads an activity; `source` comes from the record's headers.
    ///
    /// Checks what state is kept under, so that a record that no stream-processor wrote cannot make it grow.
    public static func decode(
        _ bytes: [UInt8],
        source: SourceCoordinates
    ) throws(EventError) -> Activity {
        guard bytes.count <= maximumBytes else {
            throw EventError(.tooLarge, "an activity has at most \(maximumBytes) bytes")
        }
        var reader = JSONReader(bytes)
        var fields = EventFields()
        var receivedAt: Timestamp?
        var session: Activity.Session?
        var item: Activity.ItemFacts?
        var isOld = false
        try EventError.wrapping { () throws(JSONError) in
            try reader.readFields { (reader, key) throws(JSONError) in
                switch key {
                case "receivedAt": receivedAt = try reader.timestamp(key)
                case "session": session = try reader.session()
                case "item": item = try reader.itemFacts()
                case "old": isOld = try reader.bool(key) ?? false
                default: return try fields.read(key, from: &reader)
                }
                return true
            }
            try reader.finish()
        }
        let event = try fields.event()
        guard let user = event.userKey else { throw EventError(.missingField, field: "userId", "is required") }
        guard let receivedAt else { throw EventError(.missingField, field: "receivedAt", "is required") }
        guard let session else { throw EventError(.missingField, field: "session", "with id and start is required") }
        try validator.checkIDs(of: event)
        return Activity(
            event: event,
            user: user,
            source: source,
            receivedAt: receivedAt,
            session: session,
            item: item,
            isOld: isOld
        )
    }
}

extension JSONReader {
    /// `nil` as well when a part is absent.
    fileprivate mutating func session() throws(JSONError) -> Activity.Session? {
        let session = try optional("session") { (reader) throws(JSONError) -> Activity.Session? in
            var id: String?
            var start: Timestamp?
            try reader.readFields(of: "session") { (reader, key) throws(JSONError) in
                switch key {
                case "id": id = try reader.text("session.id")
                case "start": start = try reader.timestamp("session.start")
                default: return false
                }
                return true
            }
            guard let id, let start else { return nil }
            return Activity.Session(id: id, start: start)
        }
        return session ?? nil
    }

    mutating func itemFacts() throws(JSONError) -> Activity.ItemFacts? {
        guard try !isNull("item") else { return nil }
        var facts = Activity.ItemFacts()
        try readFields(itemFactsNames, of: "item") { (reader, place) throws(JSONError) in
            switch place {
            case 0: facts.categories = try reader.texts("item.categories")
            case 1: facts.tags = try reader.texts("item.tags")
            default: facts.creator = try reader.text("item.creator")
            }
        }
        return facts
    }

    /// Reads `null` if it stands here, and says whether it did.
    mutating func isNull(_ field: String) throws(JSONError) -> Bool {
        do throws(JSONError) { return try readNull() } catch { throw error.naming(field) }
    }
}

private let itemFactsNames = JSONFieldNames(["categories", "tags", "creator"])
