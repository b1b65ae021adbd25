import Foundation
public import Events

/// What a bundle says of itself: what it was made from, when and by which plan, and how good it is.
///
/// A section of the artefact, as JSON: whoever finds a file can read it without this code.
public struct BundleInfo: Hashable, Sendable, Codable {
    /// Which plan trained it: two bundles with the same fingerprint were made the same way.
    public var plan: String
    /// When it was trained.
    public var trainedAt: Timestamp?
    /// The time of the oldest activity that counted.
    public var windowStart: Timestamp?
    /// The time of the newest activity that counted.
    public var windowEnd: Timestamp?
    /// How many users had a part in it.
    public var users: Int
    /// How many items it knows.
    public var items: Int
    /// How many pairs of user and item it was trained with.
    public var interactions: Int
    /// The kind of signal that cross-occurrence foresees, by its name; empty without that model.
    public var primaryKind: String
    /// The kinds of those types of event that the plan gave one of its own, by their names.
    public var kinds: [String: String]
    /// Figures of the validation: model, then metric (`blend`, `ndcg@10`).
    public var validation: [String: [String: Double]]
    /// How long each step of the training took, in seconds.
    public var seconds: [String: Double]

    /// Creates a description; everything that is not known is empty.
    public init(
        plan: String = "",
        trainedAt: Timestamp? = nil,
        windowStart: Timestamp? = nil,
        windowEnd: Timestamp? = nil,
        users: Int = 0,
        items: Int = 0,
        interactions: Int = 0,
        primaryKind: String = "",
        kinds: [String: String] = [:],
        validation: [String: [String: Double]] = [:],
        seconds: [String: Double] = [:]
    ) {
        self.plan = plan
        self.trainedAt = trainedAt
        self.windowStart = windowStart
        self.windowEnd = windowEnd
        self.users = users
        self.items = items
        self.interactions = interactions
        self.primaryKind = primaryKind
        self.kinds = kinds
        self.validation = validation
        self.seconds = seconds
    }

    /// Reads what is there: a writer of another version may know fewer fields.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        plan = try fields.decodeIfPresent(String.self, forKey: .plan) ?? ""
        trainedAt = try fields.decodeIfPresent(Timestamp.self, forKey: .trainedAt)
        windowStart = try fields.decodeIfPresent(Timestamp.self, forKey: .windowStart)
        windowEnd = try fields.decodeIfPresent(Timestamp.self, forKey: .windowEnd)
        users = try fields.decodeIfPresent(Int.self, forKey: .users) ?? 0
        items = try fields.decodeIfPresent(Int.self, forKey: .items) ?? 0
        interactions = try fields.decodeIfPresent(Int.self, forKey: .interactions) ?? 0
        primaryKind = try fields.decodeIfPresent(String.self, forKey: .primaryKind) ?? ""
        kinds = try fields.decodeIfPresent([String: String].self, forKey: .kinds) ?? [:]
        validation = try fields.decodeIfPresent([String: [String: Double]].self, forKey: .validation) ?? [:]
        seconds = try fields.decodeIfPresent([String: Double].self, forKey: .seconds) ?? [:]
    }

    /// The kind of a type of event, as the plan had it.
    public func kind(of type: EventType) -> SignalKind {
        kinds[type.rawValue].flatMap(SignalKind.init(name:)) ?? SignalKind(of: type)
    }

    /// The JSON, with fields in the order of their names; figures that are not finite are left out.
    public func encoded() -> [UInt8] {
        var finite = self
        finite.validation = validation.mapValues { $0.filter(\.value.isFinite) }
        finite.seconds = seconds.filter(\.value.isFinite)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // Only numbers that are not finite can fail.
        return (try? encoder.encode(finite)).map(Array.init) ?? []
    }
}
