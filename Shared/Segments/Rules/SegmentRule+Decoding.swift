import Events
import Profiles

/// A rule in the file: `name`, `description` and `when`.
extension SegmentRule: Decodable {
    private static let keys: Set<String> = ["name", "description", "when"]

    /// Reads a rule; an unknown key, name or text is an error.
    public init(from decoder: any Decoder) throws {
        let fields = try RuleFields(decoder, allowed: Self.keys)
        try self.init(
            name: fields.required("name"),
            description: fields.optional("description") ?? "",
            condition: fields.required("when")
        )
    }
}

/// A condition in the file: an object whose first word says what it is; `docs/segments.md` lists them.
extension SegmentRule.Condition: Decodable {
    /// Reads a condition; an unknown or contradictory key is an error.
    public init(from decoder: any Decoder) throws {
        let fields = try RuleFields(decoder, allowed: nil)
        let kinds = fields.names.intersection(
            Set(["all", "any", "not", "events", "taste", "rfm"] + SegmentRule.Figure.allCases.map(\.rawValue))
        )
        guard let kind = kinds.first, kinds.count == 1 else {
            throw fields.error(
                kinds.isEmpty
                    ? "a condition is one of all, any, not, events, taste, rfm, "
                        + SegmentRule.Figure.allCases.map(\.rawValue).joined(separator: ", ")
                    : "a condition is one thing: \(kinds.sorted().joined(separator: " and ")) stand together"
            )
        }
        switch kind {
        case "events": self = try Self.events(fields)
        case "taste": self = try Self.taste(fields)
        default:
            try fields.allowOnly([kind])
            switch kind {
            case "all": self = .all(try fields.required(kind))
            case "any": self = .any(try fields.required(kind))
            case "not": self = .not(try fields.required(kind))
            case "rfm":
                let names = try fields.texts(kind)
                self = .rfm(
                    try names.map {
                        guard let segment = RFMSegment(name: $0) else {
                            throw fields.error("'\($0)' is no RFM segment")
                        }
                        return segment
                    }
                )
            default:
                guard let figure = SegmentRule.Figure(rawValue: kind) else { throw fields.error("'\(kind)'") }
                self = .figure(figure, try fields.comparison(kind))
            }
        }
    }

    private static func events(_ fields: RuleFields) throws -> Self {
        try fields.allowOnly(["events", "count", "within", "category", "tag", "creator"])
        let types = try fields.texts("events").filter { $0 != "any" }.map(EventType.init(rawValue:))
        var count = SegmentRule.EventCount(types: types, place: try fields.place())
        if let text: String = try fields.optional("within") {
            guard text.hasSuffix("d"), let days = Int(text.dropLast()) else {
                throw fields.error("within '\(text)' is not a number of days such as 7d")
            }
            count.days = days
        }
        return .events(count, try fields.comparison("count"))
    }

    private static func taste(_ fields: RuleFields) throws -> Self {
        try fields.allowOnly(["taste", "category", "tag", "creator"])
        guard let place = try fields.place(), place.name != nil else {
            throw fields.error("taste needs the name of a category, tag or creator")
        }
        return .taste(place, try fields.comparison("taste"))
    }
}

/// The fields of an object in the rule file.
private struct RuleFields {
    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { return nil }
    }

    private let container: KeyedDecodingContainer<Key>

    init(_ decoder: any Decoder, allowed: Set<String>?) throws {
        container = try decoder.container(keyedBy: Key.self)
        if let allowed { try allowOnly(allowed) }
    }

    var names: Set<String> { Set(container.allKeys.map(\.stringValue)) }

    func allowOnly(_ allowed: Set<String>) throws {
        let unknown = names.subtracting(allowed).sorted()
        guard unknown.isEmpty else {
            throw error(
                "unknown: \(unknown.joined(separator: ", ")); here belong \(allowed.sorted().joined(separator: ", "))"
            )
        }
    }

    func error(_ text: String) -> any Error {
        DecodingError.dataCorrupted(.init(codingPath: container.codingPath, debugDescription: text))
    }

    func required<Value: Decodable>(_ name: String) throws -> Value {
        try container.decode(Value.self, forKey: Key(name))
    }

    func optional<Value: Decodable>(_ name: String) throws -> Value? {
        try container.decodeIfPresent(Value.self, forKey: Key(name))
    }

    /// One text or a list of texts.
    func texts(_ name: String) throws -> [String] {
        if let one = try? container.decode(String.self, forKey: Key(name)) { return [one] }
        return try container.decode([String].self, forKey: Key(name))
    }

    func comparison(_ name: String) throws -> Comparison {
        let text: String = try required(name)
        guard let comparison = Comparison(text) else {
            throw error("\(name) '\(text)' is not a comparison such as \"> 10\"")
        }
        return comparison
    }

    /// The category, tag or creator, of which there is at most one; `any` is any one name.
    func place() throws -> SegmentRule.Place? {
        var found: SegmentRule.Place?
        for dimension in SegmentRule.Place.Dimension.allCases {
            guard let name: String = try optional(dimension.rawValue) else { continue }
            guard found == nil else { throw error("one of category, tag and creator") }
            found = SegmentRule.Place(dimension, name: name == "any" ? nil : name)
        }
        return found
    }
}
