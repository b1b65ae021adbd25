/// A model that turns a history into scores for all items.
///
/// Fitted once from a matrix, immutable after that, and free of users: whoever has a history gets scores, whether or
/// not the user was in the matrix.
public protocol Recommender: Sendable {
    /// What can be tuned.
    associatedtype Parameters: Sendable
    /// What knows one history.
    associatedtype Scorer: HistoryScorer

    /// Learns from `matrix`; throws `invalidParameter` or `cancelled`.
    static func fit(
        _ matrix: InteractionMatrix,
        parameters: Parameters,
        context: FitContext
    ) throws(RecommenderError) -> Self

    /// How many items have scores.
    var itemCount: Int { get }

    /// Prepares the scores of one history; an item that stands there several times counts with the sum of its weights.
    ///
    /// Throws `indexOutOfRange` or `invalidWeight`. The order of the history has no effect.
    func scorer(for history: [WeightedItem]) throws(RecommenderError) -> Scorer

    /// Prepares the scores of a user of the matrix that the model was fitted to.
    ///
    /// The same as the scores of the history, unless the model keeps something of its own for each user (a vector that was
    /// learned by steps, a row of similarities); such a model says so where it implements this.
    func scorer(ofUser user: Int, history: [WeightedItem]) throws(RecommenderError) -> Scorer
}

extension Recommender {
    /// By default users are their histories.
    public func scorer(ofUser user: Int, history: [WeightedItem]) throws(RecommenderError) -> Scorer {
        try scorer(for: history)
    }
}

/// The scores of one history, and what they are made of.
public protocol HistoryScorer: Sendable {
    /// One score per item; higher fits better, zero means that the model knows nothing.
    func scores() -> [Float]

    /// The score of one item, which must be below the model's item count: of ``scores()``, up to rounding.
    func score(of item: Int) -> Float

    /// What each item of the history adds to the score of `item`, in any order.
    ///
    /// Empty for models that do not look at the history. `item` must be below the model's item count.
    func parts(of item: Int) -> [Contribution]

    /// The best `limit` items that are not excluded: higher scores first, ties by ascending index.
    ///
    /// The same list as one made from ``scores()``, which is what it does unless a model knows a faster way.
    func top(_ limit: Int, excluding excluded: ItemSet) -> [ScoredItem]

    /// The best `limit` items that are not excluded and have a score above zero: higher scores first, ties by ascending
    /// index.
    func best(_ limit: Int, excluding excluded: ItemSet) -> [ScoredItem]
}

extension HistoryScorer {
    /// As slow as all scores, unless a model knows a faster way.
    public func score(of item: Int) -> Float { scores()[item] }

    /// What each item of the history adds to the score of `item`, largest first, ties by ascending item.
    public func contributions(to item: Int) -> [Contribution] { parts(of: item).ranked() }

    /// The best of all scores, unless a model knows a faster way.
    public func best(_ limit: Int, excluding excluded: ItemSet = ItemSet()) -> [ScoredItem] {
        ScoredItem.best(limit, of: scores(), excluding: excluded)
    }

    /// The best `limit` items that are not excluded: higher scores first, ties by ascending index.
    public func top(_ limit: Int, excluding excluded: ItemSet = ItemSet()) -> [ScoredItem] {
        TopItems.select(from: scores(), limit: limit, excluding: excluded)
    }

    /// The best `limit` of all items that are not excluded, those with score zero among them: a full ranking, as the
    /// published evaluations do it.
    public func ranking(_ limit: Int, excluding excluded: ItemSet = ItemSet()) -> [ScoredItem] {
        TopItems.select(from: scores(), limit: limit, excluding: excluded, includingUnknown: true)
    }
}

extension Recommender {
    /// The best `limit` items for a history: higher scores first, ties by ascending index.
    public func recommend(
        for history: [WeightedItem],
        limit: Int,
        excluding excluded: ItemSet = ItemSet()
    ) throws(RecommenderError) -> [ScoredItem] {
        try scorer(for: history).top(limit, excluding: excluded)
    }

    /// What each item of the history adds to the score of `item`, largest first.
    public func explain(
        _ item: Int,
        for history: [WeightedItem]
    ) throws(RecommenderError) -> [Contribution] {
        guard (0..<itemCount).contains(item) else {
            throw RecommenderError(.indexOutOfRange, "item \(item) in a model of \(itemCount)")
        }
        return try scorer(for: history).contributions(to: item)
    }
}

extension Sequence<Contribution> {
    /// Largest first, ties by ascending item.
    func ranked() -> [Contribution] {
        sorted { $0.amount != $1.amount ? $0.amount > $1.amount : $0.item < $1.item }
    }
}
