import Events
import Profiles
import Recommenders

/// A source of the plan, ready for one user.
struct UserSource: Sendable {
    let plan: SourcePlan
    let weight: Float
    var scorer: any SourceScorer

    /// What the source proposes.
    mutating func propose(excluding excluded: ItemSet) -> Proposals {
        Proposals(source: plan.name, weight: weight, items: scorer.propose(plan.proposals, excluding: excluded))
    }

    /// The sources of the plan that have something to say to this user.
    static func all(
        for request: ListRequest,
        _ taste: Taste,
        _ pipeline: ListPipeline
    ) throws(RecommenderError) -> [UserSource] {
        var sources: [UserSource] = []
        for plan in pipeline.plan.sources {
            let weight = plan.weight(knowing: taste.history.count, knownAfter: pipeline.plan.knownAfter)
            guard weight > 0, let scorer = try scorer(plan.name, request, taste, pipeline) else { continue }
            sources.append(UserSource(plan: plan, weight: Float(weight), scorer: scorer))
        }
        return sources
    }

    private static func scorer(
        _ name: CandidateSource,
        _ request: ListRequest,
        _ taste: Taste,
        _ pipeline: ListPipeline
    ) throws(RecommenderError) -> (any SourceScorer)? {
        let models = pipeline.bundle.models
        let count = pipeline.bundle.itemIDs.count
        func known(_ items: [WeightedItem]) -> [WeightedItem] { items.filter { $0.item < count } }
        switch name {
        case .als:
            let history = known(taste.history)
            guard let als = models.als, !history.isEmpty else { return nil }
            return HistorySource(try als.scorer(for: history), itemCount: count)
        case .ease:
            let history = known(taste.history)
            guard let ease = models.ease, !history.isEmpty else { return nil }
            return HistorySource(try ease.scorer(for: history), itemCount: count)
        case .similar:
            let history = known(taste.history)
            guard let neighbours = models.neighbours, !history.isEmpty else { return nil }
            return HistorySource(try neighbours.scorer(for: history), itemCount: count)
        case .session:
            let session = known(taste.session)
            guard let neighbours = models.neighbours, !session.isEmpty else { return nil }
            return HistorySource(try neighbours.scorer(for: session), itemCount: count)
        case .next:
            let session = taste.clicks.filter { $0 < count }
            guard let model = models.sessions, !session.isEmpty else { return nil }
            return SessionSource(model, after: session)
        case .sequence:
            let order = taste.order.filter { $0 < count }
            guard let model = models.sequences, !order.isEmpty else { return nil }
            return SessionSource(model, after: order, seconds: Double(taste.lastTime.milliseconds) / 1000)
        case .rules:
            let order = taste.order.filter { $0 < count }
            guard let model = models.rules, !order.isEmpty else { return nil }
            return SessionSource(model, after: order)
        case .cco:
            let histories = Dictionary(grouping: known(taste.history)) { entry in
                taste.signals[entry.item].map { pipeline.bundle.info.kind(of: $0.type).name } ?? ""
            }
            guard let model = models.cco, !histories.isEmpty else { return nil }
            return HistorySource(
                try model.scorer(
                    for: histories[pipeline.bundle.info.primaryKind] ?? [],
                    secondary: histories.filter { model.secondary[$0.key] != nil }
                ),
                itemCount: count
            )
        case .content:
            guard let content = pipeline.content, !taste.history.isEmpty else { return nil }
            return HistorySource(try content.scorer(for: taste.history), itemCount: content.itemCount)
        case .preferences:
            guard let content = pipeline.content else { return nil }
            let vector = try content.foldIn(ItemContent(preferencesOf: request.profile))
            return vector.isEmpty ? nil : DescriptionSource(model: content, vector: vector)
        case .context:
            let ranking = request.contexts.lazy.compactMap { pipeline.popularByContext[$0] }.first
            return ranking.map(RankingSource.init)
        case .trending:
            return request.trends.items.isEmpty ? nil : RankingSource(request.trends.items)
        case .popular:
            return RankingSource(pipeline.popular)
        default:
            return nil
        }
    }
}

extension ItemContent {
    /// How many names of a kind count.
    private static let most = 10

    /// The categories, tags and creators that a profile likes most: an item that would be just right.
    init(preferencesOf profile: UserProfile) {
        self.init(
            categoriesAndTags: profile.categories.liked(Self.most) + profile.tags.liked(Self.most),
            creators: profile.creators.liked(Self.most)
        )
    }
}

extension AffinityTable {
    /// The names with the most evidence for them, in descending order, ties by name.
    func liked(_ count: Int) -> [String] {
        masses.map { (name: $0.key, mass: $0.value.liked - $0.value.disliked) }.filter { $0.mass > 0 }
            .sorted { ($0.mass, $1.name) > ($1.mass, $0.name) }.prefix(count).map(\.name)
    }
}
