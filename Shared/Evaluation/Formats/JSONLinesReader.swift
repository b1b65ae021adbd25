import Events
import JSON

/// Reads a JSON object per line: `user` and `item`, and where there are `rating` or `weight`, `time`, `session`.
///
/// Freshet's own events are read as well (`docs/events.md`): events without an item are passed over, opinions against an
/// item count 0, a rating its stars, everything else 1 (a purchase's `value` is a price, not a strength).
enum JSONLinesReader {
    fileprivate struct Fields {
        var source: String?
        var session: String?
        var item: String?
        var rating: Double?
        var weight: Double?
        var value: Double?
        var seconds: Double?
        var type: String?
        var isEvent = false
    }

    static func read(_ bytes: [UInt8]) throws(DataError) -> DataFile {
        var lines = try TextLines(bytes)
        var entries: [DataFile.Entry] = []
        var skipped = 0
        var (hasTimes, hasRatings, hasWeights, hasSessions, hasUsers) = (true, false, false, false, false)
        while let line = try lines.next() {
            let fields = try fields(of: line, number: lines.number)
            guard let item = fields.item else {
                guard fields.isEvent else {
                    throw DataError(
                        line: lines.number,
                        "no field \"item\"; a file of this format \(DataFormat.jsonl.hint)"
                    )
                }
                skipped += 1
                continue
            }
            guard let source = fields.source ?? fields.session else {
                throw DataError(line: lines.number, "no field \"user\" and no \"session\"")
            }
            hasUsers = hasUsers || fields.source != nil
            hasSessions = hasSessions || fields.source == nil
            hasTimes = hasTimes && fields.seconds != nil
            hasRatings = hasRatings || fields.rating != nil
            hasWeights = hasWeights || fields.weight != nil
            let value = Float(fields.strength)
            guard value.isFinite else { throw DataError(line: lines.number, "the rating or weight is too large") }
            entries.append(.init(source: source, item: item, value: value, seconds: fields.seconds ?? 0))
        }
        guard !(hasUsers && hasSessions) else {
            throw DataError("some lines have a user and some only a session; give every line the same")
        }
        return DataFile(
            format: .jsonl,
            kind: hasSessions ? .sessions : .histories,
            value: hasRatings ? .rating : hasWeights ? .weight : .none,
            hasTimes: hasTimes,
            entries: entries,
            skippedLines: skipped
        )
    }

    private static func fields(of line: String, number: Int) throws(DataError) -> Fields {
        do throws(JSONError) {
            var reader = JSONReader(Array(line.utf8))
            var fields = Fields()
            try reader.readFields { (reader, key) throws(JSONError) in
                switch key {
                case "user", "userId", "user_id": fields.source = try id(&reader)
                case "anonymousId": fields.source = try id(&reader).map { fields.source ?? "~" + $0 } ?? fields.source
                case "session", "sessionId", "session_id": fields.session = try id(&reader)
                case "item", "itemId", "item_id": fields.item = try id(&reader)
                case "rating": fields.rating = try reader.number(key)
                case "weight": fields.weight = try reader.number(key)
                case "value": fields.value = try reader.number(key)
                case "time", "timestamp": fields.seconds = try time(&reader)
                case "eventId": fields.isEvent = try reader.text(key) != nil || fields.isEvent
                case "type":
                    fields.type = try reader.text(key)
                    fields.isEvent = true
                default: return false
                }
                return true
            }
            try reader.finish()
            return fields
        } catch {
            let field = error.field.map { " in the field \"\($0)\"" } ?? ""
            throw DataError(line: number, "no valid JSON object with user and item: \(error)\(field)")
        }
    }

    /// A string, or a number as it is written.
    private static func id(_ reader: inout JSONReader) throws(JSONError) -> String? {
        if try reader.readNull() { return nil }
        if try reader.peek() == .string {
            let text = try reader.readString()
            return text.isEmpty ? nil : text
        }
        guard try reader.peek() == .number else { throw JSONError(code: .wrongType, offset: reader.position) }
        return String(decoding: try reader.readRaw(), as: UTF8.self)
    }

    /// RFC 3339, seconds, or milliseconds: numbers above 10¹¹ are milliseconds, because as seconds they lie in the year 5138.
    private static func time(_ reader: inout JSONReader) throws(JSONError) -> Double? {
        if try reader.readNull() { return nil }
        if try reader.peek() == .string {
            guard let time = Timestamp(try reader.readString()) else {
                throw JSONError(code: .wrongType, offset: reader.position, field: "time")
            }
            return Double(time.milliseconds) / 1000
        }
        let number = try reader.readDouble()
        return number.magnitude > 1e11 ? number / 1000 : number
    }
}

extension JSONLinesReader.Fields {
    private static let against: Set<String> = ["dislike", "dismiss", "remove_from_cart"]

    fileprivate var strength: Double {
        if let given = rating ?? weight { return given }
        guard let type else { return value ?? 1 }
        if Self.against.contains(type) { return 0 }
        return type == "rating" ? value ?? 1 : 1
    }
}
