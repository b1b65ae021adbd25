/// What can be tuned about a Markov chain.
public struct MarkovChainParameters: Hashable, Sendable {
    /// After how many days a transition counts half; above zero, `nil` for all alike.
    public var halfLifeDays: Double?
    /// How many transitions from an item count as if they had led nowhere, so that rarely clicked items say less; zero or
    /// more.
    public var shrinkage: Double
    /// How many of the last clicks count, from 1 to 100; 1 is the chain of first order proper.
    public var lastClicks: Int
    /// How much less each click counts than the one after it, from 0 to 1.
    public var clickDecay: Double

    /// Creates parameters.
    public init(
        halfLifeDays: Double? = nil,
        shrinkage: Double = 0,
        lastClicks: Int = 1,
        clickDecay: Double = 0.5
    ) {
        self.halfLifeDays = halfLifeDays
        self.shrinkage = shrinkage
        self.lastClicks = lastClicks
        self.clickDecay = clickDecay
    }

    /// Throws `invalidParameter` for a value outside its range.
    public func validate() throws(RecommenderError) {
        if let halfLifeDays, !(halfLifeDays > 0 && halfLifeDays.isFinite) {
            throw RecommenderError(.invalidParameter, "halfLifeDays \(halfLifeDays)")
        }
        guard shrinkage >= 0, shrinkage.isFinite else {
            throw RecommenderError(.invalidParameter, "shrinkage \(shrinkage)")
        }
        guard (1...100).contains(lastClicks) else {
            throw RecommenderError(.invalidParameter, "lastClicks \(lastClicks)")
        }
        guard (0...1).contains(clickDecay) else {
            throw RecommenderError(.invalidParameter, "clickDecay \(clickDecay)")
        }
    }
}
