import Recommenders

/// A source in front of one user: what it proposes, what it makes of any item, and why.
protocol SourceScorer: Sendable {
    /// The best `limit` items that are not excluded, those with a score above zero, best first.
    mutating func propose(_ limit: Int, excluding excluded: ItemSet) -> [ScoredItem]

    /// The score of an item, after ``propose(_:excluding:)``; 0 when the source knows nothing of it.
    func score(of item: Int) -> Float

    /// The item of the history that speaks most for `item`; `nil` where none is the reason.
    func reason(for item: Int) -> Int?
}

/// A model in front of a history.
struct HistorySource<Scorer: HistoryScorer>: SourceScorer {
    let scorer: Scorer
    let itemCount: Int

    init(_ scorer: Scorer, itemCount: Int) {
        self.scorer = scorer
        self.itemCount = itemCount
    }

    func propose(_ limit: Int, excluding excluded: ItemSet) -> [ScoredItem] { scorer.best(limit, excluding: excluded) }

    func score(of item: Int) -> Float { item < itemCount ? scorer.score(of: item) : 0 }

    func reason(for item: Int) -> Int? {
        guard item < itemCount else { return nil }
        var best: Contribution?
        for part in scorer.parts(of: item) where part.amount > 0 {
            if let known = best, (known.amount, part.item) >= (part.amount, known.item) { continue }
            best = part
        }
        return best?.item
    }
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

    func reason(for item: Int) -> Int? { nil }
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

    func reason(for item: Int) -> Int? { session.last }
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

    func reason(for item: Int) -> Int? { nil }
}
