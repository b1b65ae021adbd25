/// Item-item cosine similarity: each item keeps its most similar items, and a history scores the items near it.
///
/// similarity(i, j) = i · j / (|i| |j| + shrinkage + 1e-6) over the users' interactions; the score of j is the sum of
/// weight times similarity over those items of the history that are among j's neighbours.
public struct ItemCosineModel: Recommender, Hashable {
    /// How the model was fitted.
    public let parameters: ItemCosineParameters
    /// For each item its neighbours, most similar first.
    let neighbours: SparseRows
    /// For each item the items whose neighbour it is.
    let followers: SparseRows

    init(parameters: ItemCosineParameters, neighbours: SparseRows) {
        self.parameters = parameters
        self.neighbours = neighbours
        followers = neighbours.transposed(columnCount: neighbours.rowCount)
    }

    /// How many items there are.
    public var itemCount: Int { neighbours.rowCount }

    /// Computes all similarities and keeps each item's best.
    public static func fit(
        _ matrix: InteractionMatrix,
        parameters: ItemCosineParameters = ItemCosineParameters(),
        context: FitContext = FitContext()
    ) throws(RecommenderError) -> ItemCosineModel {
        try parameters.validate()
        let neighbours = try ItemCosineFit(matrix: matrix, parameters: parameters).neighbours(context)
        return ItemCosineModel(parameters: parameters, neighbours: neighbours)
    }

    /// Prepares the scores of a history.
    public func scorer(for history: [WeightedItem]) throws(RecommenderError) -> ItemCosineScorer {
        ItemCosineScorer(model: self, history: try history.validated(itemCount: itemCount))
    }

    /// The items most similar to `item`, best first; none when the index is out of range.
    public func neighbours(of item: Int) -> [ScoredItem] {
        guard (0..<itemCount).contains(item) else { return [] }
        return neighbours.entries(of: item).map { ScoredItem(item: $0.item, score: $0.weight) }
    }
}

/// One history in front of an ``ItemCosineModel``.
public struct ItemCosineScorer: HistoryScorer {
    private let model: ItemCosineModel
    private let history: [WeightedItem]

    init(model: ItemCosineModel, history: [WeightedItem]) {
        self.model = model
        self.history = history
    }

    /// The sum of weight times similarity for every item.
    public func scores() -> [Float] {
        var scores = [Float](repeating: 0, count: model.itemCount)
        for entry in history {
            for position in model.followers.range(of: entry.item) {
                scores[Int(model.followers.columns[position])] += entry.weight * model.followers.values[position]
            }
        }
        return scores
    }

    /// Weight times similarity of those items of the history that are neighbours of `item`.
    public func contributions(to item: Int) -> [Contribution] {
        let range = model.neighbours.range(of: item)
        return history.compactMap { entry -> Contribution? in
            let wanted = Int32(truncatingIfNeeded: entry.item)
            guard let position = model.neighbours.columns[range].firstIndex(of: wanted) else { return nil }
            return Contribution(item: entry.item, amount: entry.weight * model.neighbours.values[position])
        }.ranked()
    }
}
