import Glibc

/// What can be tuned about implicit alternating least squares.
public struct ALSParameters: Hashable, Sendable {
    /// How a weight becomes the confidence that the user wants the item; 1 for all other items.
    public enum Confidence: Hashable, Sendable {
        /// 1 + alpha times weight.
        case linear(alpha: Float)
        /// 1 + alpha times ln(1 + weight / epsilon).
        case logarithmic(alpha: Float, epsilon: Float)

        func callAsFunction(_ weight: Float) -> Float {
            switch self {
            case .linear(let alpha): 1 + alpha * weight
            case .logarithmic(let alpha, let epsilon): 1 + alpha * Float(log1p(Double(weight / epsilon)))
            }
        }
    }

    /// The length of a user's or item's vector, from 1 to 1,024.
    public var factors: Int
    /// How often users and items are solved in turn, at least once.
    public var iterations: Int
    /// The weight of the squared lengths of the vectors, above zero.
    public var regularization: Float
    /// The confidence in an interaction.
    public var confidence: Confidence

    /// Creates parameters.
    public init(
        factors: Int = 64,
        iterations: Int = 10,
        regularization: Float = 20,
        confidence: Confidence = .linear(alpha: 1)
    ) {
        self.factors = factors
        self.iterations = iterations
        self.regularization = regularization
        self.confidence = confidence
    }

    func validate() throws(RecommenderError) {
        guard (1...1024).contains(factors) else { throw RecommenderError(.invalidParameter, "factors \(factors)") }
        guard iterations >= 1 else { throw RecommenderError(.invalidParameter, "iterations \(iterations)") }
        guard regularization > 0, regularization.isFinite else {
            throw RecommenderError(.invalidParameter, "regularization \(regularization)")
        }
        let isValid: Bool
        switch confidence {
        case .linear(let alpha): isValid = alpha >= 0 && alpha.isFinite
        case .logarithmic(let alpha, let epsilon):
            isValid = alpha >= 0 && alpha.isFinite && epsilon > 0 && epsilon.isFinite
        }
        guard isValid else { throw RecommenderError(.invalidParameter, "confidence \(confidence)") }
    }
}
