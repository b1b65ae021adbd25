/// What can be tuned about Bayesian personalised ranking.
public struct BPRParameters: Hashable, Sendable {
    /// How long a step is.
    public enum Optimizer: Hashable, Sendable {
        /// The rate times the gradient.
        case gradientDescent
        /// Each number's rate is divided by the root of the sum of its squared gradients (Duchi, Hazan and Singer 2011).
        case adaGrad
    }

    /// What an epoch draws.
    public enum Sampling: Hashable, Sendable {
        /// As many interactions as there are, uniformly (Rendle et al. 2009).
        case interactions
        /// As many users as there are, uniformly, and one of the items of each.
        case users
    }

    /// The length of a vector, from 1 to 1,024.
    public var factors: Int
    /// How often an epoch is drawn, at least once.
    public var epochs: Int
    /// How many draws take their gradients from the same vectors, at least one.
    public var batchSize: Int
    /// The length of the first steps, above 0, at most 10.
    public var learningRate: Float
    /// The weight of half the squared lengths of the vectors of a draw, at least zero.
    public var regularization: Float
    /// Whether each item has a number that counts for all users.
    public var hasItemBias: Bool
    /// How long a step is.
    public var optimizer: Optimizer
    /// What an epoch draws.
    public var sampling: Sampling
    /// How many batches fold a history in, at least one.
    public var foldInSteps: Int

    /// Creates parameters.
    public init(
        factors: Int = 64,
        epochs: Int = 30,
        batchSize: Int = 32,
        learningRate: Float = 0.1,
        regularization: Float = 0.01,
        hasItemBias: Bool = false,
        optimizer: Optimizer = .adaGrad,
        sampling: Sampling = .interactions,
        foldInSteps: Int = 100
    ) {
        self.factors = factors
        self.epochs = epochs
        self.batchSize = batchSize
        self.learningRate = learningRate
        self.regularization = regularization
        self.hasItemBias = hasItemBias
        self.optimizer = optimizer
        self.sampling = sampling
        self.foldInSteps = foldInSteps
    }

    func validate() throws(RecommenderError) {
        func check(_ isValid: Bool, _ name: String) throws(RecommenderError) {
            if !isValid { throw RecommenderError(.invalidParameter, name) }
        }
        try check((1...1024).contains(factors), "factors \(factors)")
        try check(epochs >= 1, "epochs \(epochs)")
        try check((1...65_536).contains(batchSize), "batchSize \(batchSize)")
        try check(learningRate > 0 && learningRate <= 10, "learningRate \(learningRate)")
        try check(regularization >= 0 && regularization <= 1e3, "regularization \(regularization)")
        try check(foldInSteps >= 1, "foldInSteps \(foldInSteps)")
    }
}
