/// How the proposals of several sources become one ranking.
public enum CandidateMerge: Hashable, Sendable {
    /// Each source adds weight / (constant + rank), ranks from one: indifferent to the scale of scores.
    case reciprocalRankFusion(constant: Float = 60)
    /// Each source adds weight times its score, scaled so that its best proposal has one and a score of zero or less none.
    case weightedScores

    /// Merges, best first, ties by ascending item.
    public func callAsFunction(_ proposals: [Proposals]) -> [Candidate] {
        var merged: [Int: Candidate] = [:]
        for source in proposals {
            let best = source.items.first?.score ?? 0
            for (rank, proposal) in source.items.enumerated() {
                let amount: Float
                switch self {
                case .reciprocalRankFusion(let constant): amount = source.weight / (constant + Float(rank + 1))
                case .weightedScores: amount = best > 0 ? source.weight * max(0, proposal.score) / best : 0
                }
                merged[proposal.item, default: Candidate(item: proposal.item, score: 0, sources: [])]
                    .add(Candidate.Share(source: source.source, amount: amount))
            }
        }
        return merged.values.sorted { $0.score != $1.score ? $0.score > $1.score : $0.item < $1.item }
    }
}

extension Candidate {
    fileprivate mutating func add(_ share: Share) {
        score += share.amount
        let place = sources.firstIndex {
            $0.amount != share.amount ? $0.amount < share.amount : share.source < $0.source
        }
        sources.insert(share, at: place ?? sources.count)
    }
}
