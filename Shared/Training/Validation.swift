import Evaluation
import Events
public import Profiles
public import Recommenders
public import Scoring

/// Asks bundles for lists about held-out users and compares with what they did.
///
/// Everybody is asked the same: figures of two bundles on the same ``HeldOut`` are pairs.
public struct Validation: Sendable {
    /// Prepares a bundle to make the lists that would be served.
    public typealias Pipeline = @Sendable (ModelBundle) -> ListPipeline

    /// The items of a list that count.
    public static let cutoff = 10
    /// The name of the served list among the models.
    public static let list = "list"
    /// The name of the measure.
    public static let measure = "ndcg@10"

    private let pipeline: Pipeline
    private let plan: TrainingPlan

    /// `pipeline` is what serves.
    public init(plan: TrainingPlan, pipeline: @escaping Pipeline) {
        self.plan = plan
        self.pipeline = pipeline
    }

    /// NDCG@10 of the served list for each case, in their order.
    ///
    /// Throws `cancelled`, or what the pipeline throws: a bundle that cannot make a list has failed.
    public func listFigures(
        of bundle: ModelBundle,
        _ cases: some Sequence<HeldOut.Case>,
        context: FitContext = FitContext()
    ) throws -> [Double] {
        let served = pipeline(bundle)
        return try cases.map { example in
            if context.isCancelled() { throw RecommenderError(.cancelled, "the validation was cancelled") }
            let list = try served.ids(for: Self.profile(of: example, plan: plan), length: Self.cutoff)
            return ListMetrics(ids: list.prefix(Self.cutoff), wanted: example.wanted).value(of: .ndcg, at: Self.cutoff)
        }
    }

    /// The mean NDCG@10 of each model of a bundle alone.
    public func modelFigures(
        of bundle: ModelBundle,
        _ cases: some Sequence<HeldOut.Case>,
        context: FitContext = FitContext()
    ) throws -> [String: Double] {
        var sums: [String: Double] = [:]
        var count = 0
        for example in cases {
            if context.isCancelled() { throw RecommenderError(.cancelled, "the validation was cancelled") }
            count += 1
            let history = example.history.compactMap { known in
                bundle.index[known.itemID].map { WeightedItem(item: $0, weight: Float(known.weight)) }
            }
            let excluded = ItemSet(history.map(\.item))
            // An item that the bundle does not know is wanted all the same, and cannot be found.
            var unknown = bundle.itemIDs.count
            let wanted = example.wanted.map { id -> Int in
                unknown += 1
                return bundle.index[id] ?? unknown
            }
            let session = example.history.prefix(plan.taste.sessionItems).reversed().compactMap {
                bundle.index[$0.itemID]
            }
            let order = example.history.prefix(Taste.longestOrder).reversed().compactMap { bundle.index[$0.itemID] }
            let seconds = example.history.first.map { Double($0.time) / 1000 }
            for (name, found) in try Self.lists(of: bundle.models, history, session, order, seconds, excluded) {
                sums[name, default: 0] += ListMetrics(list: found.map(\.item), wanted: wanted)
                    .value(of: .ndcg, at: Self.cutoff)
            }
            if let model = bundle.models.cco {
                let byKind = Dictionary(grouping: example.history, by: \.kind.name).mapValues { known in
                    known.compactMap { known in
                        bundle.index[known.itemID].map { WeightedItem(item: $0, weight: Float(known.weight)) }
                    }
                }
                let found = try model.scorer(
                    for: byKind[bundle.info.primaryKind] ?? [],
                    secondary: byKind.filter { model.secondary[$0.key] != nil }
                ).top(Self.cutoff, excluding: excluded)
                sums["cco", default: 0] += ListMetrics(list: found.map(\.item), wanted: wanted)
                    .value(of: .ndcg, at: Self.cutoff)
            }
        }
        return sums.mapValues { $0 / Double(max(1, count)) }
    }

    private static func lists(
        of models: ModelBundle.Models,
        _ history: [WeightedItem],
        _ session: [Int],
        _ order: [Int],
        _ seconds: Double?,
        _ excluded: ItemSet
    ) throws(RecommenderError) -> [String: [ScoredItem]] {
        var lists: [String: [ScoredItem]] = [:]
        lists["popularity"] = try models.popularity.scorer(for: history).top(cutoff, excluding: excluded)
        if let als = models.als { lists["als"] = try als.scorer(for: history).top(cutoff, excluding: excluded) }
        if let neighbours = models.neighbours {
            lists["neighbours"] = try neighbours.scorer(for: history).top(cutoff, excluding: excluded)
        }
        if let ease = models.ease { lists["ease"] = try ease.scorer(for: history).top(cutoff, excluding: excluded) }
        if let content = models.content {
            lists["content"] = try content.scorer(for: history).top(cutoff, excluding: excluded)
        }
        if let sessions = models.sessions {
            lists["sessions"] = try sessions.recommend(
                after: session,
                seconds: nil,
                limit: cutoff,
                excluding: excluded
            )
        }
        if let sequences = models.sequences {
            lists["sequences"] = try sequences.recommend(
                after: order,
                seconds: seconds,
                limit: cutoff,
                excluding: excluded
            )
        }
        if let rules = models.rules {
            lists["rules"] = try rules.recommend(after: order, seconds: nil, limit: cutoff, excluding: excluded)
        }
        return lists
    }

    /// The profile that a held-out user had at the cut, as far as training knows it.
    public static func profile(of example: HeldOut.Case, plan: TrainingPlan) -> UserProfile {
        let times = example.history.map(\.time)
        var profile = UserProfile(firstEventAt: Timestamp(milliseconds: times.min() ?? 0))
        profile.lastSeen = Timestamp(milliseconds: times.max() ?? 0)
        profile.revision = UInt64(times.count)
        for known in example.history {
            profile.items[known.itemID] = ItemSignal(
                type: plan.type(of: known.kind),
                strength: known.weight,
                lastTime: Timestamp(milliseconds: known.time)
            )
        }
        return profile
    }
}

extension ListMetrics {
    /// Looks up a list of ids, best first; `wanted` holds each once.
    init(ids list: some Sequence<String>, wanted: [String]) {
        var numbers: [String: Int] = [:]
        for id in wanted { numbers[id] = numbers.count }
        self.init(list: list.map { numbers[$0] ?? wanted.count }, wanted: Array(wanted.indices))
    }
}
