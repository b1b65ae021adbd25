public import Recommenders

/// One source of candidates in a ``PipelinePlan``: what it counts, for whom, and how much it proposes.
///
/// A source whose model the bundle does not have proposes nothing.
public struct SourcePlan: Hashable, Sendable, Codable {
    /// Which source: one of ``CandidateSource/all``.
    public var name: CandidateSource
    /// What it counts beside the others once much is known of the user; 0 leaves it out.
    public var weight: Double
    /// What it counts for somebody without a history; between the two it moves with the number of positive items.
    ///
    /// The same as ``weight`` unless told.
    public var newcomerWeight: Double?
    /// How many items it proposes.
    public var proposals: Int
    /// The least number of positive items with which it takes part.
    public var from: Int
    /// The largest number of positive items with which it takes part; `nil` for any.
    public var upTo: Int?

    /// Creates a source.
    public init(
        _ name: CandidateSource,
        weight: Double = 1,
        newcomerWeight: Double? = nil,
        proposals: Int = 200,
        from: Int = 0,
        upTo: Int? = nil
    ) {
        self.name = name
        self.weight = weight
        self.newcomerWeight = newcomerWeight
        self.proposals = proposals
        self.from = from
        self.upTo = upTo
    }

    /// What the source counts for a user with so many positive items; 0 when it does not take part.
    public func weight(knowing items: Int, knownAfter: Int) -> Double {
        guard items >= from, items <= upTo ?? .max else { return 0 }
        let start = newcomerWeight ?? weight
        return start + (weight - start) * min(1, Double(items) / Double(max(1, knownAfter)))
    }

    /// Throws for a value outside its range.
    func validate(_ path: String) throws(PlanError) {
        guard CandidateSource.all.contains(name) else {
            let known = CandidateSource.all.map(\.rawValue).joined(separator: ", ")
            throw PlanError("\(path).name", "\(name.rawValue) is none of \(known)")
        }
        try PlanCheck.number(weight, in: 0...1000, "\(path).weight")
        try PlanCheck.number(newcomerWeight ?? 0, in: 0...1000, "\(path).newcomer.weight")
        try PlanCheck.count(proposals, in: 1...10_000, "\(path).proposals")
        try PlanCheck.count(from, in: 0...1_000_000, "\(path).from")
        try PlanCheck.count(upTo ?? from, in: from...1_000_000, "\(path).up.to")
    }
}

extension SourcePlan {
    /// Reads a section; everything but `name` may be absent.
    public init(from decoder: any Decoder) throws {
        self.init(CandidateSource(rawValue: ""))
        let fields = try PlanFields(
            decoder,
            known: ["name", "weight", "newcomer.weight", "proposals", "from", "up.to"]
        )
        var name = ""
        try fields.read("name", &name)
        self.name = CandidateSource(rawValue: name)
        try fields.read("weight", &weight)
        try fields.read("newcomer.weight", &newcomerWeight)
        try fields.read("proposals", &proposals)
        try fields.read("from", &from)
        try fields.read("up.to", &upTo)
    }

    /// Writes all fields that have a value.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: PlanKey.self)
        try fields.encode(name.rawValue, forKey: "name")
        try fields.encode(weight, forKey: "weight")
        try fields.encodeIfPresent(newcomerWeight, forKey: "newcomer.weight")
        try fields.encode(proposals, forKey: "proposals")
        try fields.encode(from, forKey: "from")
        try fields.encodeIfPresent(upTo, forKey: "up.to")
    }
}
