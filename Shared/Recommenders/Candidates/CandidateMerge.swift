/// How the proposals of several sources become one ranking.
public enum CandidateMerge: Hashable, Sendable {
    /// Each source adds weight / (constant + rank), ranks from one: indifferent to the scale of scores.
    case reciprocalRankFusion(constant: Float = 60)
    /// Each source adds weight times its score, scaled so that its best proposal has one and a score of zero or less none.
    case weightedScores

    /// Merges and keeps the best `limit`, best first, ties by ascending item; sources that add nothing are not named.
    public func callAsFunction(_ proposals: [Proposals], limit: Int = .max) -> [Candidate] {
        var slots = ItemSlots(capacity: proposals.reduce(0) { $0 + $1.items.count })
        let width = proposals.count
        var scores: [Float] = []
        // A row per item, a column per source.
        var amounts: [Float] = []
        for (column, source) in proposals.enumerated() {
            let best = source.items.first?.score ?? 0
            for (rank, proposal) in source.items.enumerated() {
                let amount: Float =
                    switch self {
                    case .reciprocalRankFusion(let constant): source.weight / (constant + Float(rank + 1))
                    case .weightedScores: best > 0 ? source.weight * max(0, proposal.score) / best : 0
                    }
                let slot = slots.slot(of: proposal.item)
                if slot == scores.count {
                    scores.append(0)
                    amounts.append(contentsOf: repeatElement(0, count: width))
                }
                scores[slot] += amount
                amounts[slot * width + column] += amount
            }
        }
        var top = TopItems(limit: min(limit, scores.count))
        for (slot, item) in slots.items.enumerated() where top.wants(scores[slot]) {
            top.offer(ScoredItem(item: item, score: scores[slot]))
        }
        return top.sorted().map { entry in
            let first = slots.slot(of: entry.item) * width
            return Candidate(
                item: entry.item,
                score: entry.score,
                sources: Self.shares(amounts[first..<first + width], of: proposals)
            )
        }
    }

    /// Largest share first, ties by name.
    private static func shares(_ amounts: ArraySlice<Float>, of proposals: [Proposals]) -> [Candidate.Share] {
        var shares: [Candidate.Share] = []
        for (amount, source) in zip(amounts, proposals) where amount > 0 {
            let share = Candidate.Share(source: source.source, amount: amount)
            let place = shares.firstIndex {
                $0.amount != share.amount ? $0.amount < share.amount : share.source < $0.source
            }
            shares.insert(share, at: place ?? shares.count)
        }
        return shares
    }
}

/// Numbers items in the order in which they come up: a hash table of a known size.
private struct ItemSlots {
    /// The items by their slots.
    private(set) var items: [Int] = []
    /// One more than the slot at each place; 0 where there is none.
    private var table: [Int32]
    private let shift: UInt64

    init(capacity: Int) {
        // At most half full.
        let bits = max(4, Int.bitWidth - (2 * capacity).leadingZeroBitCount)
        table = [Int32](repeating: 0, count: 1 << bits)
        shift = UInt64(64 - bits)
        items.reserveCapacity(capacity)
    }

    /// The slot of an item, a new one when it has none.
    mutating func slot(of item: Int) -> Int {
        var place = Int((UInt64(truncatingIfNeeded: item) &* 0x9E37_79B9_7F4A_7C15) >> shift)
        while table[place] != 0 {
            let slot = Int(table[place]) - 1
            if items[slot] == item { return slot }
            place = (place + 1) & (table.count - 1)
        }
        items.append(item)
        table[place] = Int32(truncatingIfNeeded: items.count)
        return items.count - 1
    }
}
