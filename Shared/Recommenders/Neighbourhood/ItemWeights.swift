/// A sparse matrix W of items by items: an item of the history adds its weight times W[item, target] to the target.
///
/// What ItemKNN, P3alpha, RP3beta, SLIM and cross-occurrence have in common once they are fitted.
public struct ItemWeights: Hashable, Sendable {
    /// For each item of a history the targets that it speaks for, ascending.
    public let bySource: SparseRows
    /// For each target the items that speak for it, ascending.
    public let byTarget: SparseRows
    private let scratches = ScratchPool<ItemSums<Float>>()

    /// Takes rows of targets in any order within a row.
    init(byTarget rows: SparseRows, sourceCount: Int? = nil) {
        bySource = rows.transposed(columnCount: sourceCount ?? rows.rowCount)
        byTarget = bySource.transposed(columnCount: rows.rowCount)
    }

    /// Takes rows of history items in any order within a row.
    init(bySource rows: SparseRows, targetCount: Int? = nil) {
        byTarget = rows.transposed(columnCount: targetCount ?? rows.rowCount)
        bySource = byTarget.transposed(columnCount: rows.rowCount)
    }

    /// How many items can stand in a history.
    public var sourceCount: Int { bySource.rowCount }

    /// How many items get scores.
    public var targetCount: Int { byTarget.rowCount }

    /// What `source` in a history, with weight one, adds to the score of `target`.
    public func weight(from source: Int, to target: Int) -> Float {
        let wanted = Int32(truncatingIfNeeded: target)
        var range = bySource.range(of: source)
        while let first = range.first {
            let middle = first + range.count / 2
            let column = bySource.columns[middle]
            if column == wanted { return bySource.values[middle] }
            range = column < wanted ? middle + 1..<range.upperBound : first..<middle
        }
        return 0
    }

    /// The items with the largest weights to `target`, best first, ties by ascending index.
    public func neighbours(of target: Int) -> [ScoredItem] {
        guard (0..<targetCount).contains(target) else { return [] }
        return byTarget.entries(of: target).map { ScoredItem(item: $0.item, score: $0.weight) }
            .sorted(by: TopItems.isBetter)
    }

    /// The best items that the history speaks for, looking at no others: those with a score above zero.
    func best(_ limit: Int, for history: [WeightedItem], excluding excluded: ItemSet) -> [ScoredItem] {
        var sums = scratches.take() ?? ItemSums()
        defer { scratches.give(sums) }
        bySource.columns.withUnsafeBufferPointer { columns in
            bySource.values.withUnsafeBufferPointer { values in
                sums.adding(itemCount: targetCount) { adder in
                    for entry in history {
                        for position in bySource.range(of: entry.item) {
                            adder.add(entry.weight * values[position], to: Int(columns[position]))
                        }
                    }
                }
            }
        }
        return sums.top(limit, excluding: excluded)
    }

    /// Adds the history's row vector times W to `scores`, each weight times `factor`.
    func add(_ history: [WeightedItem], times factor: Float = 1, to scores: inout [Float]) {
        scores.withUnsafeMutableBufferPointer { scores in
            bySource.columns.withUnsafeBufferPointer { columns in
                bySource.values.withUnsafeBufferPointer { values in
                    for entry in history {
                        let weight = entry.weight * factor
                        for position in bySource.range(of: entry.item) {
                            scores[Int(columns[position])] += weight * values[position]
                        }
                    }
                }
            }
        }
    }
}

/// A model that is a sparse matrix of weights between items, and nothing else.
public protocol ItemToItemModel: Recommender where Scorer == ItemWeightsScorer {
    /// The weights between items.
    var weights: ItemWeights { get }
}

extension ItemToItemModel {
    /// How many items there are.
    public var itemCount: Int { weights.targetCount }

    /// Prepares the scores of a history.
    public func scorer(for history: [WeightedItem]) throws(RecommenderError) -> ItemWeightsScorer {
        ItemWeightsScorer(weights: weights, history: try history.validated(itemCount: itemCount))
    }

    /// The items that speak most for `item`, best first; none when the index is out of range.
    public func neighbours(of item: Int) -> [ScoredItem] { weights.neighbours(of: item) }
}

/// One history in front of ``ItemWeights``: the score of an item is the sum of weight times W over the history.
public struct ItemWeightsScorer: HistoryScorer {
    private let weights: ItemWeights
    private let history: [WeightedItem]

    init(weights: ItemWeights, history: [WeightedItem]) {
        self.weights = weights
        self.history = history
    }

    /// The history's row vector times W.
    public func scores() -> [Float] {
        var scores = [Float](repeating: 0, count: weights.targetCount)
        weights.add(history, to: &scores)
        return scores
    }

    /// Weight times W of those items of the history that speak for `item`.
    public func parts(of item: Int) -> [Contribution] {
        history.compactMap { entry in
            let weight = weights.weight(from: entry.item, to: item)
            return weight == 0 ? nil : Contribution(item: entry.item, amount: entry.weight * weight)
        }
    }

    /// The sum of weight times W.
    public func score(of item: Int) -> Float {
        history.reduce(0) { $0 + $1.weight * weights.weight(from: $1.item, to: item) }
    }

    /// The best of the items that the history speaks for; no others are looked at.
    public func best(_ limit: Int, excluding excluded: ItemSet) -> [ScoredItem] {
        weights.best(limit, for: history, excluding: excluded)
    }
}
