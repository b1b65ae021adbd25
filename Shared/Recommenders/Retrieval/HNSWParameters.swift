/// What can be tuned about a hierarchical navigable small world graph.
public struct HNSWParameters: Hashable, Sendable {
    /// How many neighbours a vector gets when it is added, from 2 to 200; on the lowest level it keeps twice as many.
    ///
    /// More cost memory (8 bytes each) and time, and find more.
    public var m: Int
    /// How many candidates are kept while neighbours are chosen, from 1 to 10,000; more build a better graph, slower.
    public var efConstruction: Int
    /// How many candidates a search keeps, from 1 to 1,000,000.
    ///
    /// At least as many as results are asked for; more find more, slower.
    public var efSearch: Int
    /// For the inner product, the share of vectors that one more component makes equally long, above 0 to 1.
    ///
    /// Bachrach et al. (2014) do it with all. Few very long vectors, as popular items have them, then leave all others
    /// next to the new axis, and the graph loses its way: on trained factors .98 finds more with the same candidates.
    public var normQuantile: Float

    /// Creates parameters; the defaults find more than .98 of the best 100 on trained factors of 64 numbers.
    public init(m: Int = 32, efConstruction: Int = 400, efSearch: Int = 400, normQuantile: Float = 0.98) {
        self.m = m
        self.efConstruction = efConstruction
        self.efSearch = efSearch
        self.normQuantile = normQuantile
    }

    func validate() throws(RecommenderError) {
        guard (2...200).contains(m) else { throw RecommenderError(.invalidParameter, "m \(m)") }
        guard (1...10_000).contains(efConstruction) else {
            throw RecommenderError(.invalidParameter, "efConstruction \(efConstruction)")
        }
        guard (1...1_000_000).contains(efSearch) else {
            throw RecommenderError(.invalidParameter, "efSearch \(efSearch)")
        }
        guard normQuantile > 0, normQuantile <= 1 else {
            throw RecommenderError(.invalidParameter, "normQuantile \(normQuantile)")
        }
    }
}
