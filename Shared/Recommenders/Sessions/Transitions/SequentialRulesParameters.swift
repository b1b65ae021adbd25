import Glibc

/// What can be tuned about sequential rules.
public struct SequentialRulesParameters: Hashable, Sendable {
    /// How a weight falls with a distance in clicks, from 1.
    public enum Weighting: String, Hashable, Sendable, CaseIterable {
        /// 1 whatever the distance.
        case same
        /// 1 / distance.
        case inverse
        /// max(0, 1 − .1 · distance).
        case linear
        /// 1 / lg(distance + 1.7).
        case logarithmic
        /// 1 / distance².
        case quadratic

        func callAsFunction(_ distance: Int) -> Double {
            switch self {
            case .same: 1
            case .inverse: 1 / Double(distance)
            case .linear: max(0, 1 - 0.1 * Double(distance))
            case .logarithmic: 1 / log10(Double(distance) + 1.7)
            case .quadratic: 1 / Double(distance * distance)
            }
        }
    }

    /// How many clicks a rule's second item may come after its first, from 1 to 10,000.
    public var steps: Int
    /// What a rule gains from two clicks at a distance.
    public var weighting: Weighting
    /// Whether a rule also counts backwards.
    public var bothWays: Bool
    /// How many of the last clicks count, from 1 to 100.
    public var lastClicks: Int
    /// How much each of them counts by its place from the end, from 1.
    public var clickWeighting: Weighting

    /// Creates parameters; the defaults are those of the paper.
    public init(
        steps: Int = 10,
        weighting: Weighting = .inverse,
        bothWays: Bool = false,
        lastClicks: Int = 1,
        clickWeighting: Weighting = .inverse
    ) {
        self.steps = steps
        self.weighting = weighting
        self.bothWays = bothWays
        self.lastClicks = lastClicks
        self.clickWeighting = clickWeighting
    }

    /// Association rules of two items: how often both are in one session, in any order and at any distance.
    public static let associationRules = SequentialRulesParameters(steps: 10_000, weighting: .same, bothWays: true)

    /// Throws `invalidParameter` for a value outside its range.
    public func validate() throws(RecommenderError) {
        guard (1...10_000).contains(steps) else { throw RecommenderError(.invalidParameter, "steps \(steps)") }
        guard (1...100).contains(lastClicks) else {
            throw RecommenderError(.invalidParameter, "lastClicks \(lastClicks)")
        }
    }
}
