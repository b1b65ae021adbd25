import Recommenders

/// The proposals of all sources side by side: a row per item, a column per source.
///
/// The same ranking as ``CandidateMerge`` makes, without an allocation per item.
struct MergedCandidates: Sendable {
    /// The proposed items, in the order in which they came up.
    private(set) var items: [Int] = []
    /// The sum of the shares.
    private(set) var scores: [Float] = []
    /// The share of each source in each item.
    private var amounts: [Float] = []
    private let sources: [CandidateSource]

    init(_ proposals: [Proposals], merge: PipelinePlan.Merge, constant: Float) {
        sources = proposals.map(\.source)
        let count = sources.count
        var slots = Dictionary<Int, Int>(minimumCapacity: proposals.reduce(0) { $0 + $1.items.count })
        for (column, source) in proposals.enumerated() {
            let best = source.items.first?.score ?? 0
            for (rank, proposal) in source.items.enumerated() {
                let amount: Float =
                    switch merge {
                    case .reciprocalRankFusion: source.weight / (constant + Float(rank + 1))
                    case .weightedScores: best > 0 ? source.weight * max(0, proposal.score) / best : 0
                    }
                let slot: Int
                if let known = slots[proposal.item] {
                    slot = known
                } else {
                    slot = items.count
                    slots[proposal.item] = slot
                    items.append(proposal.item)
                    scores.append(0)
                    amounts.append(contentsOf: repeatElement(0, count: count))
                }
                scores[slot] += amount
                amounts[slot * count + column] += amount
            }
        }
    }

    /// The best `limit`, ties by ascending item.
    func best(_ limit: Int) -> [Candidate] {
        items.indices.sorted { (scores[$0], items[$1]) > (scores[$1], items[$0]) }.prefix(limit).map { slot in
            Candidate(item: items[slot], score: scores[slot], sources: shares(of: slot))
        }
    }

    /// Largest share first, ties by name.
    private func shares(of slot: Int) -> [Candidate.Share] {
        var shares: [Candidate.Share] = []
        for (column, source) in sources.enumerated() {
            let amount = amounts[slot * sources.count + column]
            if amount > 0 { shares.append(Candidate.Share(source: source, amount: amount)) }
        }
        return shares.sorted { $0.amount != $1.amount ? $0.amount > $1.amount : $0.source < $1.source }
    }
}
