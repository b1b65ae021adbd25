/// One history and session in front of a ``BlendedRecommender``.
public struct BlendedScorer: Sendable {
    private let taste: ALSScorer
    private let intent: ItemWeightsScorer
    private let popularity: PopularityModel?
    private let parameters: BlendedRecommender.Parameters

    init(
        taste: ALSScorer,
        intent: ItemWeightsScorer,
        popularity: PopularityModel?,
        parameters: BlendedRecommender.Parameters
    ) {
        self.taste = taste
        self.intent = intent
        self.popularity = popularity
        self.parameters = parameters
    }

    /// The best `limit` items.
    ///
    /// Without history and session, what is popular; without a model of that, nothing.
    public func top(_ limit: Int, excluding excluded: ItemSet = ItemSet()) -> [Candidate] {
        let count = max(limit, parameters.proposals)
        let proposals = [
            Proposals(source: .als, weight: parameters.alsWeight, items: taste.top(count, excluding: excluded)),
            Proposals(
                source: .session,
                weight: parameters.sessionWeight,
                items: intent.top(count, excluding: excluded)
            ),
        ]
        let list = CandidatePipeline(merge: parameters.merge).rank(proposals, limit: limit)
        guard list.count < limit, let popularity else { return list }
        return list + fill(limit - list.count, from: popularity, below: list, excluding: excluded)
    }

    /// The item of the history with the largest part in a candidate's score; `nil` when none has any.
    ///
    /// Each source's share is split by the contributions that speak for the candidate. Costs about as much as a scalar
    /// product per item of the history, so ask for what is shown only.
    public func reason(for candidate: Candidate) -> Int? {
        var amounts = Dictionary<Int, Float>(minimumCapacity: 16)
        var best: (item: Int, amount: Float)?
        func offer(_ item: Int, _ amount: Float) {
            if let best, (best.amount, item) >= (amount, best.item) { return }
            if amount > 0 { best = (item, amount) }
        }
        if let share = candidate.share(of: .session) {
            let contributions = intent.contributions(to: candidate.item)
            let total = contributions.reduce(into: Float.zero) { $0 += max(0, $1.amount) }
            for contribution in contributions where contribution.amount > 0 {
                amounts[contribution.item] = share * contribution.amount / total
            }
        }
        if let share = candidate.share(of: .als) {
            let parts = taste.parts(of: candidate.item)
            let total = parts.reduce(into: Float.zero) { $0 += max(0, $1) }
            for (entry, part) in zip(taste.history, parts) where part > 0 {
                offer(entry.item, share * part / total + (amounts.isEmpty ? 0 : amounts[entry.item] ?? 0))
            }
        }
        for (item, amount) in amounts { offer(item, amount) }
        return best?.item
    }

    /// Popular items that are not in the list yet, scored below all of it.
    private func fill(
        _ count: Int,
        from popularity: PopularityModel,
        below list: [Candidate],
        excluding excluded: ItemSet
    ) -> [Candidate] {
        var excluded = excluded
        for candidate in list { excluded.insert(candidate.item) }
        let popular = TopItems.select(from: popularity.scores, limit: count, excluding: excluded)
        let ceiling = min(list.last?.score ?? 1, 1)
        return popular.enumerated().map { place, item in
            let score = ceiling / Float(place + 2)
            return Candidate(item: item.item, score: score, sources: [.init(source: .popular, amount: score)])
        }
    }
}

extension Candidate {
    /// What a source added, if that speaks for the candidate.
    fileprivate func share(of source: CandidateSource) -> Float? {
        sources.first { $0.source == source && $0.amount > 0 }?.amount
    }
}
