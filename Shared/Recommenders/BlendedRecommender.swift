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

    /// An item of the list and why it is there.
    public struct Recommendation: Hashable, Sendable {
        /// The item's index.
        public var item: Int
        /// The merged score.
        public var score: Float
        /// The source with the largest share.
        public var source: CandidateSource
        /// The item of the history that added most; `nil` when none added anything.
        public var reason: Int?

        /// Creates a recommendation.
        public init(item: Int, score: Float, source: CandidateSource, reason: Int?) {
            self.item = item
            self.score = score
            self.source = source
            self.reason = reason
        }
    }

    private let als: ALSModel
    private let cosine: ItemCosineModel
    private let popularity: PopularityModel?
    private let parameters: Parameters

    /// Blends models of the same items; throws `invalidParameter` when their counts differ.
    public init(
        als: ALSModel,
        cosine: ItemCosineModel,
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

    /// The best `limit` items for a history and its most recent part.
    ///
    /// Without either, what is popular; without a model of that, nothing.
    public func recommend(
        history: [WeightedItem],
        session: [WeightedItem],
        limit: Int,
        excluding excluded: ItemSet = ItemSet()
    ) throws(RecommenderError) -> [Recommendation] {
        let taste = try als.scorer(for: history)
        let intent = try cosine.scorer(for: session)
        let proposals = [
            Proposals(
                source: .als,
                weight: parameters.alsWeight,
                items: taste.top(max(limit, parameters.proposals), excluding: excluded)
            ),
            Proposals(
                source: .session,
                weight: parameters.sessionWeight,
                items: intent.top(max(limit, parameters.proposals), excluding: excluded)
            ),
        ]
        var list = CandidatePipeline(merge: parameters.merge).rank(proposals, limit: limit).map { candidate in
            Recommendation(
                item: candidate.item,
                score: candidate.score,
                source: candidate.sources.first?.source ?? .als,
                reason: reason(for: candidate, taste: taste, intent: intent)
            )
        }
        if list.count < limit, let popularity {
            list += try fill(limit - list.count, from: popularity, below: list, excluding: excluded)
        }
        return list
    }

    /// Popular items that are not in the list yet, scored below all of it.
    private func fill(
        _ count: Int,
        from popularity: PopularityModel,
        below list: [Recommendation],
        excluding excluded: ItemSet
    ) throws(RecommenderError) -> [Recommendation] {
        var excluded = excluded
        for recommendation in list { excluded.insert(recommendation.item) }
        let popular = try popularity.recommend(for: [], limit: count, excluding: excluded)
        let ceiling = min(list.last?.score ?? 1, 1)
        return popular.enumerated().map { place, item in
            Recommendation(item: item.item, score: ceiling / Float(place + 2), source: .popular, reason: nil)
        }
    }

    /// The history item with the largest part of the merged score: each source's share, split by its contributions.
    private func reason(for candidate: Candidate, taste: ALSScorer, intent: ItemCosineScorer) -> Int? {
        var amounts: [Int: Float] = [:]
        for share in candidate.sources where share.amount > 0 {
            let contributions =
                share.source == .als
                ? taste.contributions(to: candidate.item) : intent.contributions(to: candidate.item)
            let positive = contributions.prefix { $0.amount > 0 }
            let total = positive.reduce(into: Float.zero) { $0 += $1.amount }
            guard total > 0 else { continue }
            for contribution in positive {
                amounts[contribution.item, default: 0] += share.amount * contribution.amount / total
            }
        }
        return amounts.min { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }?.key
    }
}
