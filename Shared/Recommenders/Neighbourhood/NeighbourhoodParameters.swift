/// What can be tuned about neighbourhoods, of items (``ItemKNNModel``) and of users (``UserKNNModel``).
public struct NeighbourhoodParameters: Hashable, Sendable {
    /// How many neighbours each item keeps, or to how many users each user lends its taste, at least one: the most similar.
    public var neighbours: Int
    /// How alike two items or users are.
    public var similarity: NeighbourSimilarity
    /// Added to the similarity's denominator, zero or more.
    public var shrinkage: Float
    /// What an interaction counts in the similarity; similarities of sets (Jaccard, log-likelihood) do not look at it.
    public var weighting: InteractionWeighting

    /// Creates parameters.
    public init(
        neighbours: Int = 100,
        similarity: NeighbourSimilarity = .cosine,
        shrinkage: Float = 10,
        weighting: InteractionWeighting = .binary
    ) {
        self.neighbours = neighbours
        self.similarity = similarity
        self.shrinkage = shrinkage
        self.weighting = weighting
    }

    /// What a similarity of sets looks at is whether there is an interaction.
    var effectiveWeighting: InteractionWeighting { similarity.isOfSets ? .binary : weighting }

    /// Throws `invalidParameter` for a value outside its range.
    public func validate() throws(RecommenderError) {
        guard (1...Int(Int32.max)).contains(neighbours) else {
            throw RecommenderError(.invalidParameter, "neighbours \(neighbours)")
        }
        guard shrinkage >= 0, shrinkage.isFinite else {
            throw RecommenderError(.invalidParameter, "shrinkage \(shrinkage)")
        }
        try similarity.validate()
        try weighting.validate()
    }
}
