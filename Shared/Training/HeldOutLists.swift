public import Catalog
import Dispatch
import Evaluation
import Events
import Profiles
public import Recommenders
public import Scoring
import Synchronization

/// The lists that would have been served to users at their cuts, whatever the plan: models are fitted once, plans are tried.
///
/// All plans are asked about the same users in the same order, so that their figures are pairs.
public struct HeldOutLists: Sendable {
    /// Models that have not seen what is hidden, and the users whom they are asked about.
    public struct Group: Sendable {
        let bundle: ModelBundle
        let cases: [ActivitySplit.Case]

        /// Fits the models of a plan to what is known, as the scorer would; `begin` is told each step.
        ///
        /// A ranker is left out: it would have to be fitted to the candidates of each plan anew. Throws `emptyMatrix` without a positive
        /// signal, or what a model throws.
        public init(
            _ split: ActivitySplit,
            plan: TrainingPlan,
            contents: [String: ItemContent],
            context: FitContext = FitContext(),
            begin: (_ step: String) -> Void = { _ in }
        ) throws(RecommenderError) {
            begin("matrix")
            var matrix = ActivityMatrix()
            for (index, activity) in split.known.enumerated() {
                var activity = activity
                // Each once, in this order: their own coordinates would hold back what was emitted out of order.
                activity.source = SourceCoordinates(
                    generation: 1,
                    topic: .feedback,
                    partition: 0,
                    offset: Int64(index + 1)
                )
                matrix.apply(activity, plan: plan)
            }
            matrix.prune(plan)
            let set = try TrainingSet(matrix, plan: plan, catalogIDs: Array(contents.keys))
            bundle = try BundleFit(plan: plan)(set, contents: contents, context: context, begin: begin)
            cases = split.cases
        }
    }

    /// What one user's list is worth.
    public struct Figure: Hashable, Sendable {
        /// NDCG@10.
        public var gain: Double
        /// Whether one of the first ten items is wanted.
        public var isHit: Bool
        /// Who proposed them.
        public var sources: Set<CandidateSource>
    }

    private let groups: [Group]
    private let catalog: [String: CatalogItem]
    private let taste: TastePolicy
    private let exclusion: ExclusionPolicy
    private let workers: Int

    /// Lists by these models; `catalog` holds the entries of items where there are any.
    ///
    /// Nothing trends, and there are no segments.
    public init(
        _ groups: [Group],
        catalog: [String: CatalogItem],
        taste: TastePolicy,
        exclusion: ExclusionPolicy,
        workers: Int = 1
    ) {
        self.groups = groups
        self.catalog = catalog
        self.taste = taste
        self.exclusion = exclusion
        self.workers = max(1, workers)
    }

    /// How many users are asked.
    public var userCount: Int { groups.reduce(0) { $0 + $1.cases.count } }

    /// The figure of each user's list by a plan, always in the same order; throws what the pipeline throws.
    public func figures(of plan: PipelinePlan) throws -> [Figure] {
        try groups.flatMap { group in
            let pipeline = ListPipeline(bundle: group.bundle, plan: plan, taste: taste, exclusion: exclusion)
            let found = Mutex<[(place: Int, figure: Result<Figure, any Error>)]>([])
            let workers = workers
            DispatchQueue.concurrentPerform(iterations: workers) { worker in
                let own = stride(from: worker, to: group.cases.count, by: workers).map { place in
                    (place: place, figure: Result { try figure(group.cases[place], pipeline) })
                }
                found.withLock { $0 += own }
            }
            return try found.withLock { $0 }.sorted { $0.place < $1.place }.map { try $0.figure.get() }
        }
    }

    private func figure(_ example: ActivitySplit.Case, _ pipeline: ListPipeline) throws -> Figure {
        let draft = try pipeline.draft(
            ListRequest(user: example.user, profile: example.profile, now: example.profile.lastSeen)
        )
        let repeatable = Set(draft.itemsUsedUp.filter { catalog[$0]?.isRepeatable == true })
        let list = draft.list(draft.propose(repeatable: repeatable), length: Validation.cutoff, catalog: catalog)
        let metrics = ListMetrics(ids: list.map(\.itemID), wanted: example.wanted)
        return Figure(
            gain: metrics.value(of: .ndcg, at: Validation.cutoff),
            isHit: metrics.value(of: .hitRate, at: Validation.cutoff) > 0,
            sources: list.reduce(into: []) { $0.formUnion($1.sources.map(\.source)) }
        )
    }
}

extension [HeldOutLists.Figure] {
    /// The mean NDCG@10.
    public var meanGain: Double { reduce(0) { $0 + $1.gain } / Double(Swift.max(1, count)) }

    /// The share of lists with a wanted item among the first ten.
    public var hitRate: Double { Double(count { $0.isHit }) / Double(Swift.max(1, count)) }
}
