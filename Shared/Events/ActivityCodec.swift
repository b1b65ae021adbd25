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

    /// Reads an activity; `source` comes from the record's headers.
    public static func decode(_ bytes: [UInt8], source: SourceCoordinates) throws(EventError) -> Activity {
        var reader = JSONReader(bytes)
        var fields = EventFields()
        var receivedAt: Timestamp?
        var session: Activity.Session?
        var item: Activity.ItemFacts?
        var isOld = false
        try reader.readFields(path: nil) { (reader, key) throws(EventError) in
            switch key {
            case "receivedAt": receivedAt = try reader.time(key)
            case "session": session = try reader.session()
            case "item": item = try reader.itemFacts()
            case "old": isOld = try reader.bool(key) ?? false
            default: return try fields.read(key, from: &reader)
            }
            return true
        }
        try reader.atEnd()
        let event = try fields.event()
        guard let user = event.userKey else { throw EventError(.missingField, field: "userId", "is required") }
        guard let receivedAt else { throw EventError(.missingField, field: "receivedAt", "is required") }
        guard let session else { throw EventError(.missingField, field: "session", "is required") }
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
    fileprivate mutating func session() throws(EventError) -> Activity.Session? {
        try optional { (reader) throws(EventError) in
            var id: String?
            var start: Timestamp?
            try reader.readFields(path: "session") { (reader, key) throws(EventError) in
                switch key {
                case "id": id = try reader.text("session.id")
                case "start": start = try reader.time("session.start")
                default: return false
                }
                return true
            }
            guard let id else { throw EventError(.missingField, field: "session.id", "is required") }
            guard let start else { throw EventError(.missingField, field: "session.start", "is required") }
            return Activity.Session(id: id, start: start)
        }
    }

    fileprivate mutating func itemFacts() throws(EventError) -> Activity.ItemFacts? {
        try optional { (reader) throws(EventError) in
            var facts = Activity.ItemFacts()
            try reader.readFields(path: "item") { (reader, key) throws(EventError) in
                switch key {
                case "categories": facts.categories = try reader.texts("item.categories")
                case "tags": facts.tags = try reader.texts("item.tags")
                case "creator": facts.creator = try reader.text("item.creator")
                default: return false
                }
                return true
            }
            return facts
        }
    }
}
