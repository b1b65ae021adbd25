/// Blends what the factorisation makes of the whole history with what is similar to the last few items.
///
/// The factorisation knows a user's taste, the session what the user is after right now. Each proposes its best items;
/// the proposals are merged into one list, and each item says which item of the history moved it most. What is popular
/// fills up a list that would be short, and never outweighs either.
public struct BlendedRecommender: Sendable {
    /// What can be tuned about the blend.
    public struct Parameters: Hashable, Sendable {
        /// How the sources are merged.
        public var merge: CandidateMerge
        /// What the factorisation counts.
        public var alsWeight: Float
        /// What the items similar to the session count.
        public var sessionWeight: Float
        /// How many items each source proposes.
        public var proposals: Int

        /// Creates parameters.
        public init(
            merge: CandidateMerge = .weightedScores,
            alsWeight: Float = 1,
            sessionWeight: Float = 0.5,
            proposals: Int = 300
        ) {
            self.merge = merge
            self.alsWeight = alsWeight
            self.sessionWeight = sessionWeight
            self.proposals = proposals
        }
    }

    private let als: ALSModel
    private let cosine: ItemKNNModel
    private let popularity: PopularityModel?
    private let parameters: Parameters

    /// Blends models of the same items; throws `invalidParameter` when their counts differ.
    public init(
        als: ALSModel,
        cosine: ItemKNNModel,
        popularity: PopularityModel? = nil,
        parameters: Parameters = Parameters()
    ) throws(RecommenderError) {
        let counts = [als.itemCount, cosine.itemCount, popularity?.itemCount ?? als.itemCount]
        guard Set(counts).count == 1 else { throw RecommenderError(.invalidParameter, "models of \(counts) items") }
        self.als = als
        self.cosine = cosine
        self.popularity = popularity
        self.parameters = parameters
    }

    /// Prepares the list of a history and its most recent part.
    public func scorer(
        history: [WeightedItem],
        session: [WeightedItem]
    ) throws(RecommenderError) -> BlendedScorer {
        BlendedScorer(
            taste: try als.scorer(for: history),
            intent: try cosine.scorer(for: session),
            popularity: popularity,
            parameters: parameters
        )
    }
}
