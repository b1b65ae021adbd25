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

    /// What is minimised; all are sums of squared errors over *all* pairs of users and items.
    public enum Objective: Hashable, Sendable {
        /// Hu, Koren and Volinsky 2008: each error weighted with its confidence, the same regularisation for every vector.
        case confidence
        /// As ``confidence``, with a vector's regularisation multiplied by its interactions (ALS-WR: Zhou, Wilkinson, Schreiber
        /// and Pan 2008): what Spark MLlib minimises.
        case weightedRegularization
        /// Rendle et al. 2021 ("Revisiting the performance of iALS"): errors of interactions weigh 1, those of all pairs
        /// `unobserved` (α₀, above zero), and a vector's regularisation is λ·(interactions + α₀·others)^`exponent` (ν).
        ///
        /// Weights of the matrix and the confidence have no effect.
        case frequencyScaled(unobserved: Float, exponent: Float = 1)
    }

    /// How the equations of a user or an item are solved.
    public enum Solver: Hashable, Sendable {
        /// What the benchmark shows to reach a given loss first: ``conjugateGradient(steps:)`` with two steps.
        case automatic
        /// Exactly, by Cholesky's factorisation.
        case cholesky
        /// So many steps of conjugate gradient from the vector of the iteration before, preconditioned with what all rows'
        /// equations have in common.
        case conjugateGradient(steps: Int)
        /// iALS++ (Rendle et al. 2021): one Newton step for each block of so many factors.
        case block(size: Int)
    }

    /// The item vectors before the first iteration.
    public enum Start: Hashable, Sendable {
        /// As the objective's paper has it: uniform in [0, 1/√factors), or normal with deviation .1/√factors.
        case published
        /// The span of the leading singular vectors of the matrix of targets, by randomised power iteration: nearer to the
        /// solution than ``published`` by several iterations and cheaper than one.
        case spectral
    }

    /// The length of a user's or item's vector, from 1 to 1,024.
    public var factors: Int
    /// How often users and items are solved in turn, at least once.
    public var iterations: Int
    /// The weight of the squared lengths of the vectors, above zero.
    public var regularization: Float
    /// The confidence in an interaction.
    public var confidence: Confidence
    /// What is minimised.
    public var objective: Objective
    /// How rows are solved.
    public var solver: Solver
    /// Where the items' vectors start.
    public var start: Start

    /// Creates parameters.
    public init(
        factors: Int = 64,
        iterations: Int = 10,
        regularization: Float = 20,
        confidence: Confidence = .linear(alpha: 1),
        objective: Objective = .confidence,
        solver: Solver = .automatic,
        start: Start = .published
    ) {
        self.factors = factors
        self.iterations = iterations
        self.regularization = regularization
        self.confidence = confidence
        self.objective = objective
        self.solver = solver
        self.start = start
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
        if case .frequencyScaled(let unobserved, let exponent) = objective {
            guard unobserved > 0, unobserved.isFinite, (0...4).contains(exponent) else {
                throw RecommenderError(.invalidParameter, "objective \(objective)")
            }
        }
        switch solver {
        case .conjugateGradient(let count), .block(let count):
            guard count >= 1 else { throw RecommenderError(.invalidParameter, "solver \(solver)") }
        case .automatic, .cholesky: break
        }
    }
}
