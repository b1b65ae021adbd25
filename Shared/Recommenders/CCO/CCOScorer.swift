/// One user's histories in front of a ``CCOModel``.
public struct CCOScorer: HistoryScorer {
    /// What an item of a history of some behaviour adds to a score.
    public struct BehaviourContribution: Hashable, Sendable {
        /// The behaviour; `nil` for the primary one.
        public let behaviour: String?
        /// The item, of the behaviour's own numbering.
        public let item: Int
        /// Its part of the score.
        public let amount: Float
    }

    struct Part: Sendable {
        let name: String?
        let indicators: ItemWeights
        let history: [WeightedItem]
        let boost: Float
    }

    let itemCount: Int
    let parts: [Part]

    /// The boosted sums of the matches of all behaviours.
    public func scores() -> [Float] {
        var scores = [Float](repeating: 0, count: itemCount)
        for part in parts { part.indicators.add(part.history, times: part.boost, to: &scores) }
        return scores
    }

    /// What the items of all histories add whose numbering is the model's; see ``behaviourContributions(to:)`` for others.
    public func parts(of item: Int) -> [Contribution] {
        parts.filter { $0.indicators.sourceCount == itemCount }.flatMap { part in
            part.history.compactMap { entry -> Contribution? in
                let amount = part.boost * entry.weight * part.indicators.weight(from: entry.item, to: item)
                return amount == 0 ? nil : Contribution(item: entry.item, amount: amount)
            }
        }
    }

    /// The sum of all matches.
    public func score(of item: Int) -> Float {
        behaviourContributions(to: item).reduce(0) { $0 + $1.amount }
    }

    /// What each item of each history adds to the score of `item`, largest first.
    public func behaviourContributions(to item: Int) -> [BehaviourContribution] {
        parts.flatMap { part in
            part.history.compactMap { entry -> BehaviourContribution? in
                let amount = part.boost * entry.weight * part.indicators.weight(from: entry.item, to: item)
                return amount == 0
                    ? nil : BehaviourContribution(behaviour: part.name, item: entry.item, amount: amount)
            }
        }.sorted { left, right in
            if left.amount != right.amount { return left.amount > right.amount }
            return (left.behaviour ?? "", left.item) < (right.behaviour ?? "", right.item)
        }
    }
}
