/// Three random steps from a user over items and users to items: P³α of Cooper, Lee, Radinsky and Siloni (2014).
///
/// W = P_iu · P_ui with the probabilities of each step raised to the power α; an item does not lead to itself. Each row of W
/// keeps its best, is divided by its sum if so wanted, and then each column keeps its best.
public struct P3AlphaModel: ItemToItemModel, Hashable {
    /// What can be tuned about P³α.
    public struct Parameters: Hashable, Sendable {
        /// How many items are kept per row and then per column, at least one.
        public var neighbours: Int
        /// The power of the probabilities, from 0 to 16.
        public var alpha: Float
        /// Whether each row is divided by its sum, so that each item of a history speaks equally loud.
        public var isNormalised: Bool

        /// Creates parameters.
        public init(neighbours: Int = 100, alpha: Float = 1, isNormalised: Bool = true) {
            self.neighbours = neighbours
            self.alpha = alpha
            self.isNormalised = isNormalised
        }

        /// Throws `invalidParameter` for a value outside its range.
        public func validate() throws(RecommenderError) {
            guard (1...Int(Int32.max)).contains(neighbours), (0...16).contains(alpha) else {
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
    ) throws(RecommenderError) -> P3AlphaModel {
        try parameters.validate()
        let fit = RandomWalkFit(
            alpha: parameters.alpha,
            beta: 0,
            neighbours: parameters.neighbours,
            isNormalised: parameters.isNormalised
        )
        return P3AlphaModel(parameters: parameters, weights: try fit.weights(matrix, context: context))
    }
}
