import Recommenders

/// A source in front of one user: what it proposes, what it makes of any item, and why.
protocol SourceScorer: Sendable {
    /// The best `limit` items that are not excluded, those with a score above zero, best first.
    mutating func propose(_ limit: Int, excluding excluded: ItemSet) -> [ScoredItem]

    /// The score of an item, after ``propose(_:excluding:)``; 0 when the source knows nothing of it.
    func score(of item: Int) -> Float

    /// What each item of the history adds to the score of `item`, largest first; empty where no item of the history is
    /// the reason.
    func contributions(to item: Int) -> [Contribution]
}

/// A model that scores all items at once.
struct DenseSource<Scorer: HistoryScorer>: SourceScorer {
    let scorer: Scorer
    private var scores: [Float] = []

    init(_ scorer: Scorer) {
        self.scorer = scorer
    }

    mutating func propose(_ limit: Int, excluding excluded: ItemSet) -> [ScoredItem] {
        scores = scorer.scores()
        return ScoredItem.best(limit, of: scores, excluding: excluded)
    }

    func score(of item: Int) -> Float { item < scores.count ? scores[item] : 0 }

    func contributions(to item: Int) -> [Contribution] { item < scores.count ? scorer.contributions(to: item) : [] }
}

/// The factorisation, which finds its best without most of the products.
struct FactorSource: SourceScorer {
    let scorer: ALSScorer
    let itemCount: Int

    func propose(_ limit: Int, excluding excluded: ItemSet) -> [ScoredItem] {
        let best = scorer.top(limit, excluding: excluded)
        return Array(best.prefix { $0.score > 0 })
    }

    func score(of item: Int) -> Float { item < itemCount ? scorer.score(of: item) : 0 }

    func contributions(to item: Int) -> [Contribution] { item < itemCount ? scorer.contributions(to: item) : [] }
}

/// A ranking that was made for everybody, or for all in one segment.
struct RankingSource: SourceScorer {
    let ranking: [ScoredItem]
    private var proposed: [Int: Float] = [:]

    init(_ ranking: [ScoredItem]) {
        self.ranking = ranking
    }

    mutating func propose(_ limit: Int, excluding excluded: ItemSet) -> [ScoredItem] {
        var items: [ScoredItem] = []
        for item in ranking where items.count < limit && item.score > 0 {
            if !excluded.contains(item.item) { items.append(item) }
        }
        for item in items { proposed[item.item] = item.score }
        return items
    }

    func score(of item: Int) -> Float { proposed[item] ?? 0 }

    func contributions(to item: Int) -> [Contribution] { [] }
}

/// What came next after items like these, in this order; the last of them is the reason.
struct SessionSource<Model: SessionRecommender>: SourceScorer {
    let model: Model
    /// Oldest first, not empty.
    let session: [Int]
    /// When its last item was used.
    let seconds: Double?
    private var proposed: [Int: Float] = [:]

    init(_ model: Model, after session: [Int], seconds: Double? = nil) {
        self.model = model
        self.session = session
        self.seconds = seconds
    }

    mutating func propose(_ limit: Int, excluding excluded: ItemSet) -> [ScoredItem] {
        // The session holds items of the model only, which is all that it could refuse.
        let items =
            (try? model.recommend(after: session, seconds: seconds, limit: limit, excluding: excluded)) ?? []
        for item in items { proposed[item.item] = item.score }
        return items
    }

    func score(of item: Int) -> Float { proposed[item] ?? 0 }

    func contributions(to item: Int) -> [Contribution] {
        session.last.map { [Contribution(item: $0, amount: 1)] } ?? []
    }
}

/// Items like a description, such as that of declared preferences.
struct DescriptionSource: SourceScorer {
    let model: ContentModel
    let vector: ContentVector
    private var proposed: [Int: Float] = [:]

    init(model: ContentModel, vector: ContentVector) {
        self.model = model
        self.vector = vector
    }

    mutating func propose(_ limit: Int, excluding excluded: ItemSet) -> [ScoredItem] {
        let items = model.neighbours(of: vector, limit: limit, excluding: excluded)
        for item in items { proposed[item.item] = item.score }
        return items
    }

    func score(of item: Int) -> Float { proposed[item] ?? 0 }

    func contributions(to item: Int) -> [Contribution] { [] }
}
