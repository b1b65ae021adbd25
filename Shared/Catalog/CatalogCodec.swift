import Events
public import JSON

/// Catalog entries as JSON objects, the values of `catalog.items`; a record without a value deletes its item.
///
/// A field that is `null` counts as absent; an unknown field is passed over.
public enum CatalogCodec {
    /// Reads and checks the entry that makes up `range` of `bytes` (all of them by default).
    public static func decode(
        _ bytes: [UInt8],
        in range: Range<Int>? = nil,
        limits: CatalogLimits = CatalogLimits()
    ) throws(CatalogError) -> CatalogItem {
        guard range?.count ?? bytes.count <= limits.maximumItemBytes else {
            throw CatalogError(.tooLarge, "an entry has at most \(limits.maximumItemBytes) bytes")
        }
        var reader = JSONReader(bytes, in: range)
        let fields: Fields
        do {
            fields = try Fields(from: &reader)
            try reader.finish()
        } catch {
            throw CatalogError(error)
        }
        guard let id = fields.id else { throw CatalogError(.missingField, field: "id", "is required") }
        guard let title = fields.title else { throw CatalogError(.missingField, field: "title", "is required") }
        var item = fields.rest
        item.id = id
        item.title = title
        try item.validate(limits: limits)
        return item
    }

    /// Reads the value of a record, whose key must be the entry's id.
    public static func decode(
        _ value: [UInt8],
        key: [UInt8]?,
        limits: CatalogLimits = CatalogLimits()
    ) throws(CatalogError) -> CatalogItem {
        let item = try decode(value, limits: limits)
        guard let key, key.elementsEqual(item.id.utf8) else {
            throw CatalogError(.keyMismatch, "the record's key is not the entry's id")
        }
        return item
    }

    /// The entry's JSON.
    public static func encode(_ item: CatalogItem) -> [UInt8] {
        var json = JSONWriter(reservingCapacity: 512)
        write(item, to: &json)
        return json.bytes
    }

    /// Writes the entry as one value.
    public static func write(_ item: CatalogItem, to json: inout JSONWriter) {
        json.beginObject()
        json.field("id", item.id)
        json.field("title", item.title)
        json.field("categories", item.categories)
        json.field("tags", item.tags)
        json.field("creator", item.creator)
        json.field("description", item.description)
        json.field("image", item.imageURL)
        json.field("url", item.url)
        json.field("price", item.price)
        if item.isRepeatable { json.field("repeatable", true) }
        if !item.isAvailable { json.field("available", false) }
        json.field("createdAt", item.createdAt?.description)
        json.field("properties", raw: item.properties)
        json.endObject()
    }
}

extension CatalogCodec {
    private struct Fields {
        var id: String?
        var title: String?
        var rest = CatalogItem(id: "", title: "")

        init(from reader: inout JSONReader) throws(JSONError) {
            var fields = (id: String?.none, title: String?.none, rest: CatalogItem(id: "", title: ""))
            try reader.readFields { (reader, key) throws(JSONError) in
                switch key {
                case "id": fields.id = try reader.text(key)
                case "title": fields.title = try reader.text(key)
                case "categories": fields.rest.categories = try reader.texts(key)
                case "tags": fields.rest.tags = try reader.texts(key)
                case "creator": fields.rest.creator = try reader.text(key)
                case "description": fields.rest.description = try reader.text(key)
                case "image": fields.rest.imageURL = try reader.text(key)
                case "url": fields.rest.url = try reader.text(key)
                case "price": fields.rest.price = try reader.number(key)
                case "repeatable": fields.rest.isRepeatable = try reader.bool(key) ?? false
                case "available": fields.rest.isAvailable = try reader.bool(key) ?? true
                case "createdAt": fields.rest.createdAt = try reader.timestamp(key)
                case "properties": fields.rest.properties = try reader.rawObject(key)
                default: return false
                }
                return true
            }
            (id, title, rest) = fields
        }
    }
}

extension CatalogError {
    fileprivate init(_ error: JSONError) {
        switch error.code {
        case .wrongType where error.field != nil:
            self.init(.wrongType, field: error.field, "has the wrong JSON type")
        case .duplicateField: self.init(.duplicateField, field: error.field, "stands there twice")
        case .invalidValue: self.init(.invalidValue, field: error.field, "must be RFC 3339 or milliseconds since 1970")
        case .numberOutOfRange: self.init(.invalidValue, field: error.field, "is a number that cannot be held")
        default: self.init(.malformedJSON, field: error.field, error.description)
        }
    }
}
