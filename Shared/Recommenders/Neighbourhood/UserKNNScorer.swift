/// One history in front of a ``UserKNNModel``.
public struct UserKNNScorer: HistoryScorer {
    private let model: UserKNNModel
    private let history: [WeightedItem]
    /// The users that count, ascending, and their similarities.
    private let lenders: [ScoredItem]

    init(model: UserKNNModel, history: [WeightedItem], lenders: [ScoredItem]) {
        self.model = model
        self.history = history
        self.lenders = lenders
    }

    /// The sum of similarity times weight over the users that count.
    public func scores() -> [Float] {
        var scores = [Float](repeating: 0, count: model.itemCount)
        let rows = model.matrix.byUser
        scores.withUnsafeMutableBufferPointer { scores in
            rows.columns.withUnsafeBufferPointer { columns in
                rows.values.withUnsafeBufferPointer { values in
                    for lender in lenders {
                        for position in rows.range(of: lender.item) {
                            scores[Int(columns[position])] += lender.score * values[position]
                        }
                    }
                }
            }
        }
        return scores
    }

    /// What each user adds, split among the items that this user and the history have in common, by their products.
    public func parts(of item: Int) -> [Contribution] {
        let own = Dictionary(
            uniqueKeysWithValues: zip(history.map(\.item), model.weighting(history))
        )
        var amounts: [Int: Float] = [:]
        for lender in lenders {
            let theirs = model.matrix.byUser.entries(of: lender.item)
            guard let target = theirs.first(where: { $0.item == item }) else { continue }
            let common = zip(theirs, model.weighting(theirs)).compactMap { entry, weight in
                own[entry.item].map { (item: entry.item, product: $0 * weight) }
            }
            let total = common.reduce(Float.zero) { $0 + $1.product }
            guard total > 0 else { continue }
            for (item, product) in common {
                amounts[item, default: 0] += lender.score * target.weight * product / total
            }
        }
        return amounts.map { Contribution(item: $0, amount: $1) }.ranked()
    }
}
