/// How many of the truly best vectors an index finds.
public struct IndexRecall: Hashable, Sendable {
    /// Where the queries came from.
    public enum Sample: UInt32, Hashable, Sendable {
        /// The caller brought them: vectors of users, for an index of items.
        case queries
        /// Vectors of the index itself, for want of others.
        case ownVectors
    }

    /// The share of the exact lists that was found, from 0 to 1.
    public var share: Double
    /// The length of the lists.
    public var limit: Int
    /// How many queries were asked.
    public var queryCount: Int
    /// Which ones.
    public var sample: Sample

    /// Creates a figure.
    public init(share: Double, limit: Int, queryCount: Int, sample: Sample) {
        self.share = share
        self.limit = limit
        self.queryCount = queryCount
        self.sample = sample
    }
}

extension VectorIndex {
    /// The share of the exact index's best `limit` that this index finds; 1 where there is nothing to find.
    public func recall(
        of queries: DenseVectors,
        limit: Int,
        against exact: ExactIndex,
        context: FitContext = FitContext()
    ) throws(RecommenderError) -> Double {
        let found = try search(queries, limit: limit, context: context)
        let expected = try exact.search(queries, limit: limit, context: context)
        var hits = 0
        var total = 0
        for (found, expected) in zip(found, expected) {
            let items = ItemSet(expected.map(\.item))
            hits += found.count { items.contains($0.item) }
            total += expected.count
        }
        return total > 0 ? Double(hits) / Double(total) : 1
    }
}

extension DenseVectors {
    /// At most `limit` of the vectors, evenly spread.
    func sample(_ limit: Int) -> DenseVectors {
        guard count > limit else { return self }
        return choose((0..<limit).map { $0 * count / limit })
    }
}
