/// The same scores for everybody: what most users, or most of the weight, went to.
public struct PopularityModel: Recommender, Hashable {
    /// What is added up per item.
    public enum Parameters: String, Hashable, Sendable {
        /// The users who interacted.
        case users
        /// The weights of their interactions.
        case weights
    }

    /// What was added up.
    public let parameters: Parameters
    /// The sum per item.
    public let scores: [Float]

    /// Uses sums that were made elsewhere, such as decayed ones; throws `invalidWeight` for negative or infinite ones.
    public init(sums: [Float]) throws(RecommenderError) {
        guard sums.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
            throw RecommenderError(.invalidWeight, "a sum is negative or not finite")
        }
        self.init(parameters: .weights, scores: sums)
    }

    init(parameters: Parameters, scores: [Float]) {
        self.parameters = parameters
        self.scores = scores
    }

    /// How many items there are.
    public var itemCount: Int { scores.count }

    /// Adds up users or weights per item.
    public static func fit(
        _ matrix: InteractionMatrix,
        parameters: Parameters = .users,
        context: FitContext = FitContext()
    ) throws(RecommenderError) -> PopularityModel {
        try context.checkCancellation()
        let scores = (0..<matrix.itemCount).map { item in
            let entries = matrix.byItem.range(of: item)
            switch parameters {
            case .users: return Float(entries.count)
            case .weights: return entries.reduce(into: Float.zero) { $0 += matrix.byItem.values[$1] }
            }
        }
        context.progress(1)
        return PopularityModel(parameters: parameters, scores: scores)
    }

    /// Checks the history and then does not look at it.
    public func scorer(for history: [WeightedItem]) throws(RecommenderError) -> PopularityScorer {
        _ = try history.validated(itemCount: itemCount)
        return PopularityScorer(values: scores)
    }
}

/// Scores that do not depend on the history.
public struct PopularityScorer: HistoryScorer {
    fileprivate let values: [Float]

    /// The popularity of every item.
    public func scores() -> [Float] { values }

    /// None: nobody's history had a part in it.
    public func parts(of item: Int) -> [Contribution] { [] }
}
