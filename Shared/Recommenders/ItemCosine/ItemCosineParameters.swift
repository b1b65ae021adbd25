/// What can be tuned about item-item cosine similarity.
public struct ItemCosineParameters: Hashable, Sendable {
    /// What an interaction counts in the similarity.
    public enum Weighting: String, Hashable, Sendable {
        /// One, whatever its weight.
        case binary
        /// Its weight.
        case weighted
    }

    /// How many neighbours each item keeps, at least one.
    public var neighbours: Int
    /// Added to the product of the norms: takes similarity away from items that few users know.
    public var shrinkage: Float
    /// What an interaction counts in the similarity.
    public var weighting: Weighting

    /// Creates parameters.
    public init(neighbours: Int = 100, shrinkage: Float = 10, weighting: Weighting = .binary) {
        self.neighbours = neighbours
        self.shrinkage = shrinkage
        self.weighting = weighting
    }

    func validate() throws(RecommenderError) {
        guard (1...Int(Int32.max)).contains(neighbours) else {
            throw RecommenderError(.invalidParameter, "neighbours \(neighbours)")
        }
        guard shrinkage >= 0, shrinkage.isFinite else {
            throw RecommenderError(.invalidParameter, "shrinkage \(shrinkage)")
        }
    }
}
