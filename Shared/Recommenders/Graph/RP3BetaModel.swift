/// P³α with popular items held back: RP³β of Paudel, Christoffel, Newell and Bernstein (2017).
///
/// As ``P3AlphaModel``, each column of W divided by the number of the item's users to the power β before the cuts.
public struct RP3BetaModel: ItemToItemModel, Hashable {
    /// What can be tuned about RP³β.
    public struct Parameters: Hashable, Sendable {
        /// How many items are kept per row and then per column, at least one.
        public var neighbours: Int
        /// The power of the probabilities, from 0 to 16.
        public var alpha: Float
        /// How much popular items are held back, from 0 (not at all) to 16.
        public var beta: Float
        /// Whether each row is divided by its sum, so that each item of a history speaks equally loud.
        public var isNormalised: Bool

        /// Creates parameters.
        public init(neighbours: Int = 100, alpha: Float = 1, beta: Float = 0.5, isNormalised: Bool = false) {
            self.neighbours = neighbours
            self.alpha = alpha
            self.beta = beta
            self.isNormalised = isNormalised
        }

        /// Throws `invalidParameter` for a value outside its range.
        public func validate() throws(RecommenderError) {
            guard (1...Int(Int32.max)).contains(neighbours), (0...16).contains(alpha), (0...16).contains(beta) else {
                throw RecommenderError(.invalidParameter, "\(self)")
            }
        }
    }

    /// How the model was fitted.
    public let parameters: Parameters
    /// The probabilities that are left.
    public let weights: ItemWeights

    /// Computes the probabilities of all walks.
    public static func fit(
        _ matrix: InteractionMatrix,
        parameters: Parameters = Parameters(),
        context: FitContext = FitContext()
    ) throws(RecommenderError) -> RP3BetaModel {
        try parameters.validate()
        let fit = RandomWalkFit(
            alpha: parameters.alpha,
            beta: parameters.beta,
            neighbours: parameters.neighbours,
            isNormalised: parameters.isNormalised
        )
        return RP3BetaModel(parameters: parameters, weights: try fit.weights(matrix, context: context))
    }
}
