/// Correlated cross-occurrence, as in the Universal Recommender and Mahout (Dunning and Friedman 2014).
///
/// For each behaviour B and the primary matrix A, item j keeps as indicators those columns of B whose users are also j's
/// more (or less) often than by chance: the cells of AᵀB with the largest log-likelihood ratios, the weights of both
/// matrices as yes or no. The score of j is the sum over behaviours of boost times the sum, over the user's history of that
/// behaviour, of weight times what a match counts.
public struct CCOModel: Recommender, Hashable {
    /// How the model was fitted.
    public let parameters: CCOParameters
    /// The indicators of the primary behaviour.
    public let primary: ItemWeights
    /// The indicators of the other behaviours, by name.
    public let secondary: [String: ItemWeights]
    let boosts: [String: Float]

    /// How many items have scores: those of the primary matrix.
    public var itemCount: Int { primary.targetCount }

    /// Finds the indicators of the primary behaviour alone.
    public static func fit(
        _ matrix: InteractionMatrix,
        parameters: CCOParameters = CCOParameters(),
        context: FitContext = FitContext()
    ) throws(RecommenderError) -> CCOModel {
        try fit(matrix, secondary: [], parameters: parameters, context: context)
    }

    /// Finds the indicators of all behaviours.
    ///
    /// Throws `invalidParameter` when two have the same name, a matrix has another number of users, or a boost is negative
    /// or not finite.
    public static func fit(
        _ matrix: InteractionMatrix,
        secondary: [CCOBehaviour],
        parameters: CCOParameters = CCOParameters(),
        context: FitContext = FitContext()
    ) throws(RecommenderError) -> CCOModel {
        try parameters.validate()
        guard Set(secondary.map(\.name)).count == secondary.count else {
            throw RecommenderError(.invalidParameter, "behaviours \(secondary.map(\.name))")
        }
        for behaviour in secondary {
            guard behaviour.matrix.userCount == matrix.userCount, behaviour.boost >= 0, behaviour.boost.isFinite else {
                throw RecommenderError(
                    .invalidParameter,
                    "\(behaviour.name): boost \(behaviour.boost), \(behaviour.matrix.userCount) users of \(matrix.userCount)"
                )
            }
        }
        let share = 1 / Double(secondary.count + 1)
        let fit = CCOFit(primary: matrix, parameters: parameters)
        let own = try fit.indicators(in: matrix, isPrimary: true, context: context, progress: 0...share)
        var others: [String: ItemWeights] = [:]
        for (number, behaviour) in secondary.enumerated() {
            let progress = share * Double(number + 1)...share * Double(number + 2)
            others[behaviour.name] = try fit.indicators(
                in: behaviour.matrix,
                isPrimary: false,
                context: context,
                progress: progress
            )
        }
        return CCOModel(
            parameters: parameters,
            primary: own,
            secondary: others,
            boosts: Dictionary(uniqueKeysWithValues: secondary.map { ($0.name, $0.boost) })
        )
    }

    /// Prepares the scores of a history of the primary behaviour.
    public func scorer(for history: [WeightedItem]) throws(RecommenderError) -> CCOScorer {
        try scorer(for: history, secondary: [:])
    }

    /// Prepares the scores of a history of several behaviours, by name; those without a history add nothing.
    ///
    /// Throws `invalidParameter` for a name that the model does not know.
    public func scorer(
        for history: [WeightedItem],
        secondary histories: [String: [WeightedItem]]
    ) throws(RecommenderError) -> CCOScorer {
        var parts = [
            CCOScorer.Part(
                name: nil,
                indicators: primary,
                history: try history.validated(itemCount: itemCount),
                boost: 1
            )
        ]
        for (name, history) in histories.sorted(by: { $0.key < $1.key }) {
            guard let indicators = secondary[name], let boost = boosts[name] else {
                throw RecommenderError(.invalidParameter, "no behaviour \(name)")
            }
            parts.append(
                CCOScorer.Part(
                    name: name,
                    indicators: indicators,
                    history: try history.validated(itemCount: indicators.sourceCount),
                    boost: boost
                )
            )
        }
        return CCOScorer(itemCount: itemCount, parts: parts)
    }
}
