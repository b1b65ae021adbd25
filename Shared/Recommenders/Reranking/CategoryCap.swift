/// At most so many items of one category among the first places; what is too many waits behind them, in its order.
public struct CategoryCap: Reranker {
    /// The categories of each item; items beyond have none, and are never too many.
    public let categories: [Set<Int>]
    /// How many of a category there may be.
    public let limit: Int
    /// Among how many first places.
    public let depth: Int
    /// Whether, where nothing else is left, places are filled with what is too many; else the list is cut there.
    public let fillsUp: Bool

    /// Creates the step; throws `invalidParameter` for negative numbers.
    public init(
        categories: [Set<Int>],
        limit: Int,
        depth: Int,
        fillsUp: Bool = true
    ) throws(RecommenderError) {
        guard limit >= 0, depth >= 0 else {
            throw RecommenderError(.invalidParameter, "at most \(limit) in the first \(depth)")
        }
        self.categories = categories
        self.limit = limit
        self.depth = depth
        self.fillsUp = fillsUp
    }

    /// The list in the new order.
    public func rerank(_ candidates: [Candidate]) -> [Candidate] {
        var counts: [Int: Int] = [:]
        var first: [Candidate] = []
        var others: [Candidate] = []
        for candidate in candidates {
            let own = candidate.item < categories.count ? categories[candidate.item] : []
            guard first.count < depth, own.allSatisfy({ counts[$0, default: 0] < limit }) else {
                others.append(candidate)
                continue
            }
            for category in own { counts[category, default: 0] += 1 }
            first.append(candidate)
        }
        return fillsUp || first.count == depth ? first + others : first
    }
}
