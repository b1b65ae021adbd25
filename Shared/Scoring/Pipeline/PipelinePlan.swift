import Recommenders

/// How lists are made: sources, merge, rank, policies; a section of the configuration.
///
/// Fields that a file leaves out have the values of ``standard``; fields that nobody knows are an error that names them.
public struct PipelinePlan: Hashable, Sendable, Codable {
    /// How the proposals of the sources become one ranking.
    public enum Merge: String, Hashable, Sendable, CaseIterable {
        /// Each source adds weight / (constant + rank): indifferent to the scale of scores, nothing to train.
        case reciprocalRankFusion = "reciprocal-rank-fusion"
        /// Each source adds weight times its score, scaled so that its best proposal has one.
        case weightedScores = "weighted-scores"
    }

    /// Where candidates come from.
    public var sources: [SourcePlan]
    /// How their proposals are merged.
    public var merge: Merge
    /// The constant of the reciprocal-rank fusion.
    public var fusionConstant: Double
    /// With how many positive items a user counts as known: weights have moved from newcomer's to full by then.
    public var knownAfter: Int
    /// How many merged candidates are ranked, filtered and ordered.
    public var depth: Int
    /// Whether a trained ranker orders the candidates when the bundle has one.
    public var usesRanker: Bool
    /// What changes order and members of the ranked list.
    public var policies: PolicyPlan
    /// Which places new items get.
    public var exploration: ExplorationPlan

    /// Creates a plan.
    public init(
        sources: [SourcePlan],
        merge: Merge = .reciprocalRankFusion,
        fusionConstant: Double = 30,
        knownAfter: Int = 10,
        depth: Int = 200,
        usesRanker: Bool = true,
        policies: PolicyPlan = PolicyPlan(),
        exploration: ExplorationPlan = ExplorationPlan()
    ) {
        self.sources = sources
        self.merge = merge
        self.fusionConstant = fusionConstant
        self.knownAfter = knownAfter
        self.depth = depth
        self.usesRanker = usesRanker
        self.policies = policies
        self.exploration = exploration
    }

    /// All sources, fused by rank: taste and session lead, and what is popular or declared serves those who are new.
    ///
    /// The weights are a compromise, chosen on held-out parts of film ratings and of a shop's sessions (`docs/quality.md`): what is
    /// best for one costs the other.
    public static let standard = PipelinePlan(sources: [
        SourcePlan(.als, weight: 0.5, newcomerWeight: 0.3, from: 1),
        SourcePlan(.ease, weight: 0.5, newcomerWeight: 0.3, from: 1),
        SourcePlan(.sequence, weight: 0.5, newcomerWeight: 0.5, from: 1),
        SourcePlan(.rules, weight: 0.5, newcomerWeight: 0.5, from: 1),
        SourcePlan(.cco, weight: 0.3, newcomerWeight: 0.5, from: 1),
        SourcePlan(.similar, weight: 0.3, newcomerWeight: 0.1, from: 1),
        SourcePlan(.session, weight: 0.3, newcomerWeight: 1, from: 1),
        SourcePlan(.next, weight: 0.2, newcomerWeight: 1, from: 1),
        SourcePlan(.content, weight: 0.1, newcomerWeight: 0.8, from: 1),
        SourcePlan(.preferences, weight: 0, newcomerWeight: 1),
        SourcePlan(.context, weight: 0, newcomerWeight: 0.6),
        SourcePlan(.trending, weight: 0, newcomerWeight: 0.3, proposals: 100),
        SourcePlan(.popular, weight: 0, newcomerWeight: 0.4, proposals: 100),
    ])

    /// The merge with its constant.
    var candidateMerge: CandidateMerge {
        switch merge {
        case .reciprocalRankFusion: .reciprocalRankFusion(constant: Float(fusionConstant))
        case .weightedScores: .weightedScores
        }
    }

    /// Throws for a value outside its range, a source that is not known or stands there twice.
    public func validate() throws(PlanError) {
        for (index, source) in sources.enumerated() {
            try source.validate("sources[\(index)]")
            if sources[..<index].contains(where: { $0.name == source.name }) {
                throw PlanError("sources[\(index)].name", "\(source.name.rawValue) stands there twice")
            }
        }
        try PlanCheck.number(fusionConstant, in: 0...100_000, "fusion.constant")
        try PlanCheck.count(knownAfter, in: 1...1_000_000, "known.after")
        try PlanCheck.count(depth, in: 1...10_000, "depth")
        try policies.validate("policies")
        try exploration.validate("exploration")
    }
}

extension PipelinePlan {
    /// Reads a section and checks it.
    public init(from decoder: any Decoder) throws {
        self = .standard
        let fields = try PlanFields(
            decoder,
            known: [
                "sources", "merge", "fusion.constant", "known.after", "depth", "ranker", "policies", "exploration",
            ]
        )
        try fields.read("sources", &sources)
        var method = merge.rawValue
        try fields.read("merge", &method)
        guard let merge = Merge(rawValue: method) else {
            let known = Merge.allCases.map(\.rawValue).joined(separator: ", ")
            throw PlanError("merge", "\(method) is none of \(known)")
        }
        self.merge = merge
        try fields.read("fusion.constant", &fusionConstant)
        try fields.read("known.after", &knownAfter)
        try fields.read("depth", &depth)
        try fields.read("ranker", &usesRanker)
        try fields.read("policies", &policies)
        try fields.read("exploration", &exploration)
        try validate()
    }
}

extension PipelinePlan {
    /// Writes all fields.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: PlanKey.self)
        try fields.encode(sources, forKey: "sources")
        try fields.encode(merge.rawValue, forKey: "merge")
        try fields.encode(fusionConstant, forKey: "fusion.constant")
        try fields.encode(knownAfter, forKey: "known.after")
        try fields.encode(depth, forKey: "depth")
        try fields.encode(usesRanker, forKey: "ranker")
        try fields.encode(policies, forKey: "policies")
        try fields.encode(exploration, forKey: "exploration")
    }
}
