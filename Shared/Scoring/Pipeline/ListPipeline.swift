import Events
public import Profiles
import Ranking
public import Recommenders

/// Makes lists from one bundle by one plan: prepared once per publication, used by any number of threads.
///
/// Items of the catalog that the bundle does not know follow behind its items (``newItems``), described by their content
/// alone. Pure: the same pipeline, request and catalog give the same list.
public struct ListPipeline: Sendable {
    /// The models.
    public let bundle: ModelBundle
    /// How lists are made.
    public let plan: PipelinePlan
    /// How a profile becomes a history.
    public let taste: TastePolicy
    /// What stays out.
    public let exclusion: ExclusionPolicy
    /// The items behind those of the bundle.
    public private(set) var newItems: [NewItem] = []
    /// Items of the bundle that nobody had used, and when they appeared: newest first, where the catalog says it.
    private(set) var unusedItems: [(item: Int, createdAt: Timestamp)] = []
    /// The ranker, if the bundle has one of the same features and the plan uses it.
    let ranker: LambdaMARTRanker?
    private var newIndex: [String: Int] = [:]
    /// The bundle's content model and the new items.
    private(set) var content: ContentModel?
    let popular: [ScoredItem]
    let popularByContext: [String: [ScoredItem]]

    /// How many popular items are at hand: as many as a long history can exclude, and some.
    private static let popularLength = 5_000
    private static let contextLength = 1_000

    /// Prepares what all lists have in common.
    public init(
        bundle: ModelBundle,
        plan: PipelinePlan = .standard,
        taste: TastePolicy,
        exclusion: ExclusionPolicy
    ) {
        self.bundle = bundle
        self.plan = plan
        self.taste = taste
        self.exclusion = exclusion
        let ranker = bundle.models.ranker
        self.ranker = plan.usesRanker && ranker?.featureNames == CandidateFeatures.names ? ranker : nil
        content = bundle.models.content
        let none = ItemSet()
        popular = ScoredItem.best(Self.popularLength, of: bundle.models.popularity.scores, excluding: none)
        popularByContext = bundle.models.popularityByContext.mapValues {
            ScoredItem.best(Self.contextLength, of: $0.scores, excluding: none)
        }
    }

    /// The same pipeline with other new items, newest first: those that the bundle does not know come behind its own; those
    /// that it knows and that nobody had used have a part in exploration as long as they are young.
    ///
    /// Throws `invalidContent`.
    public func with(newItems items: [NewItem]) throws(RecommenderError) -> ListPipeline {
        var pipeline = self
        pipeline.newItems = []
        pipeline.newIndex = [:]
        pipeline.unusedItems = items.compactMap { item in
            guard let known = bundle.index[item.id], !bundle.isUsed(item.id) else { return nil }
            return item.createdAt.map { (known, $0) }
        }
        for item in items where bundle.index[item.id] == nil && pipeline.newIndex[item.id] == nil {
            pipeline.newIndex[item.id] = bundle.itemIDs.count + pipeline.newItems.count
            pipeline.newItems.append(item)
        }
        pipeline.content = try bundle.models.content?.adding(pipeline.newItems.map(\.content))
        return pipeline
    }

    /// How many items there are, new ones included.
    public var itemCount: Int { bundle.itemIDs.count + newItems.count }

    /// The id of an item.
    public func id(of item: Int) -> String {
        item < bundle.itemIDs.count ? bundle.itemIDs[item] : newItems[item - bundle.itemIDs.count].id
    }

    /// The index of an item; `nil` for one that neither the bundle nor the new items have.
    public func index(of id: String) -> Int? { bundle.index[id] ?? newIndex[id] }

    /// Reads a ranking of ids with the pipeline's indices; ids that it does not know are left out.
    public func trends(_ ranking: some Sequence<(id: String, score: Float)>) -> Trends {
        Trends(
            items: ranking.compactMap { entry in
                index(of: entry.id).map { ScoredItem(item: $0, score: entry.score) }
            }
        )
    }

    /// The ids of a profile's list at its last event, where the catalog says nothing of the items: what a validation asks.
    public func ids(for profile: UserProfile, length: Int) throws(RecommenderError) -> [String] {
        let draft = try draft(ListRequest(user: UserKey(rawValue: ""), profile: profile, now: profile.lastSeen))
        return draft.list(draft.propose(repeatable: []), length: length, catalog: [:]).map(\.itemID)
    }

    /// How many of the best candidates a list of `length` has to ask the catalog about at first: all of them where a ranker or
    /// a policy may bring any of them up, else a few more than it shows, in case some are unavailable.
    public func candidatesAsked(for length: Int) -> Int {
        ranker == nil && plan.policies == PolicyPlan() ? length + length / 4 : .max
    }

    /// Begins a list; throws `invalidWeight` for a history whose weights are infinite.
    public func draft(_ request: ListRequest, clock: StageClock = .none) throws(RecommenderError) -> ListDraft {
        try ListDraft(request, pipeline: self, clock: clock)
    }
}

/// What many users look at now, with the indices of one ``ListPipeline``.
public struct Trends: Hashable, Sendable {
    /// Best first.
    let items: [ScoredItem]

    /// Nothing is known of what many users look at.
    public init() { items = [] }

    init(items: [ScoredItem]) { self.items = items }
}
