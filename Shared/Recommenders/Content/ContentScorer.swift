/// One history in front of a ``ContentModel``.
public struct ContentScorer: HistoryScorer {
    private let model: ContentModel
    /// Those items of the history of which something is known, with their share of the ``total``.
    private let history: [(item: Int, weight: Double)]
    /// The sum of the weights.
    private let total: Double
    /// The sum of share times vector.
    private let profile: ContentVector

    init(model: ContentModel, history: [WeightedItem]) throws(RecommenderError) {
        let described = history.filter { model.vectors.isDescribed[$0.item] }
        let total = described.reduce(0) { $0 + Double($1.weight) }
        guard total < Double(Float.greatestFiniteMagnitude) / 2 else {
            throw RecommenderError(.invalidWeight, "a sum of weights is infinite")
        }
        self.model = model
        self.total = total
        self.history = described.map { ($0.item, Double($0.weight) / total) }
        let sum = model.vectors.sum(of: self.history)
        // Vectors that cancel each other out leave the noise of rounding, which has no direction.
        let isNoise = model.parameters.similarity == .cosine && sum.squaredLength < 1e-13
        profile = isNoise ? sum.scaled(by: 0) : sum
    }

    /// The sum of weight times similarity to the items of the history, or the similarity to the profile.
    public func scores() -> [Float] {
        switch (model.parameters.combination, model.parameters.similarity) {
        case (.profile, .euclidean): return model.similarities(to: profile)
        case (.profile, .cosine): return model.vectors.products(with: profile.normalized())
        case (.sumOfSimilarities, .cosine):
            // Similarities are products, so their sum is one product.
            var scores = model.vectors.products(with: profile)
            for item in scores.indices { scores[item] = Float(Double(scores[item]) * total) }
            return scores
        case (.sumOfSimilarities, .euclidean):
            var sums = [Double](repeating: 0, count: model.itemCount)
            for entry in history {
                for (item, similarity) in model.similarities(to: model.vectors[entry.item]).enumerated() {
                    sums[item] += entry.weight * Double(similarity)
                }
            }
            return sums.map { Float($0 * total) }
        }
    }

    /// The best items; the scores of the others are made in memory that is used again.
    public func best(_ limit: Int, excluding excluded: ItemSet) -> [ScoredItem] {
        guard model.parameters.similarity == .cosine else {
            return ScoredItem.best(limit, of: scores(), excluding: excluded)
        }
        let isSum = model.parameters.combination == .sumOfSimilarities
        let best = model.vectors.best(limit, like: isSum ? profile : profile.normalized(), excluding: excluded)
        guard isSum else { return best }
        return best.map { ScoredItem(item: $0.item, score: Float(Double($0.score) * total)) }
    }

    /// The score of one item by its vector.
    public func score(of item: Int) -> Float { score(of: model.vectors[item]) }

    /// The score of an item that is not in the model, by its vector (see ``ContentModel/foldIn(_:)``).
    public func score(of vector: ContentVector) -> Float {
        Float(parts(of: vector).reduce(0, +))
    }

    /// Weight times similarity for a sum of similarities.
    ///
    /// The cosine to a profile is such a sum too, divided by the profile's length. A distance to a profile is not: there
    /// the score is shared out in proportion to weight times similarity.
    public func parts(of item: Int) -> [Contribution] {
        guard model.vectors.isDescribed[item] else { return [] }
        let parts =
            switch model.parameters.similarity {
            case .cosine: parts(of: history.map { model.vectors.product(of: item, with: $0.item) }) { 0 }
            case .euclidean: parts(of: model.vectors[item])
            }
        return zip(history, parts).filter { $1 != 0 }
            .map { Contribution(item: $0.item, amount: Float($1)) }
    }

    /// What each item of the history adds to the score of `vector`.
    private func parts(of vector: ContentVector) -> [Double] {
        parts(of: history.map { model.similarity(vector, model.vectors[$0.item]) }) {
            model.similarity(vector, profile)
        }
    }

    /// The same from the similarities to the items of the history; `score` is that to the profile.
    private func parts(of similarities: [Double], score: () -> Double) -> [Double] {
        let parts = zip(history, similarities).map { $0.weight * $1 }
        switch (model.parameters.combination, model.parameters.similarity) {
        case (.sumOfSimilarities, _): return parts.map { $0 * total }
        case (.profile, .cosine):
            let length = profile.squaredLength.squareRoot()
            return length > 0 ? parts.map { $0 / length } : parts.map { _ in 0 }
        case (.profile, .euclidean):
            let sum = parts.reduce(0, +)
            let score = score()
            return sum > 0 ? parts.map { score * $0 / sum } : parts
        }
    }
}

extension ContentModel {
    /// How alike two vectors are; zero when one is empty.
    func similarity(_ left: ContentVector, _ right: ContentVector) -> Double {
        guard !left.isEmpty, !right.isEmpty else { return 0 }
        switch parameters.similarity {
        case .cosine:
            return left.product(with: right)
        case .euclidean:
            return 1 / (1 + left.squaredDistance(to: right).squareRoot())
        }
    }
}
