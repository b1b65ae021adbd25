/// What is popular now: each item's share of what happened in several windows of time, and of all that was remembered.
///
/// Shares make windows of different length comparable. A window in which nothing happened adds nothing, so that a replay
/// of old data is ranked by the remembered popularity alone.
public struct TrendingScores: Hashable, Sendable {
    /// The counts of one window.
    public struct Window: Hashable, Sendable {
        /// What happened per item, weighted by kind; never negative.
        public var counts: [Float]
        /// What the window counts beside the others.
        public var weight: Float

        /// Creates a window.
        public init(counts: [Float], weight: Float) {
            self.counts = counts
            self.weight = weight
        }
    }

    /// The score per item.
    public let scores: [Float]

    /// Adds up the weighted shares; throws `indexOutOfRange` for windows of another length, `invalidWeight` for
    /// negative or infinite numbers.
    public init(itemCount: Int, windows: [Window]) throws(RecommenderError) {
        var scores = [Float](repeating: 0, count: itemCount)
        for window in windows {
            guard window.counts.count == itemCount else {
                throw RecommenderError(.indexOutOfRange, "a window of \(window.counts.count) for \(itemCount) items")
            }
            let total = window.counts.reduce(0, +)
            guard total.isFinite, window.counts.allSatisfy({ $0 >= 0 }), window.weight >= 0, window.weight.isFinite
            else {
                throw RecommenderError(.invalidWeight, "a window has a negative or infinite number")
            }
            guard total > 0 else { continue }
            for item in 0..<itemCount { scores[item] += window.weight * window.counts[item] / total }
        }
        self.scores = scores
    }

    /// The best `limit` items that are not excluded, ties by ascending index.
    public func top(_ limit: Int, excluding excluded: ItemSet = ItemSet()) -> [ScoredItem] {
        TopItems.select(from: scores, limit: limit, excluding: excluded)
    }
}
