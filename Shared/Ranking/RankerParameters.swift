/// How a ``LambdaMARTRanker`` is fitted.
public struct RankerParameters: Hashable, Sendable {
    /// What is minimised.
    public enum Objective: String, Hashable, Sendable, CaseIterable {
        /// LambdaRank: pairs count what their exchange would change in NDCG (Burges 2010).
        case ndcg
        /// RankNet: all pairs count the same (Burges et al. 2005).
        case pairwise
    }

    /// What is minimised.
    public var objective: Objective
    /// The most trees.
    public var rounds: Int
    /// After how many rounds without a better validation NDCG the fit ends; needs validation data.
    public var patience: Int
    /// How much of each tree counts, above 0 and at most 1.
    public var learningRate: Double
    /// The most splits between root and leaf, 1 to 16.
    public var depth: Int
    /// The least sum of second derivatives in a leaf; larger is smoother.
    public var leastWeight: Double
    /// Weight of the squared leaf values.
    public var regularization: Double
    /// The share of the rows that each tree sees, above 0 and at most 1.
    public var rowShare: Double
    /// The share of the features that each tree sees, above 0 and at most 1.
    public var featureShare: Double
    /// How many pairs are drawn per row and round.
    public var pairs: Int
    /// The length of list whose NDCG stops the fit.
    public var cutoff: Int
    /// Where random numbers start.
    public var seed: UInt32
    /// How many threads of XGBoost's own (OpenMP) work; the result is the same for the same number.
    public var threads: Int

    /// Creates parameters.
    public init(
        objective: Objective = .ndcg,
        rounds: Int = 300,
        patience: Int = 30,
        learningRate: Double = 0.1,
        depth: Int = 4,
        leastWeight: Double = 1,
        regularization: Double = 1,
        rowShare: Double = 1,
        featureShare: Double = 1,
        pairs: Int = 1,
        cutoff: Int = 10,
        seed: UInt32 = 42,
        threads: Int = 1
    ) {
        self.objective = objective
        self.rounds = rounds
        self.patience = patience
        self.learningRate = learningRate
        self.depth = depth
        self.leastWeight = leastWeight
        self.regularization = regularization
        self.rowShare = rowShare
        self.featureShare = featureShare
        self.pairs = pairs
        self.cutoff = cutoff
        self.seed = seed
        self.threads = threads
    }

    func validate() throws(RankingError) {
        let shares = 0.0.nextUp...1
        guard rounds > 0, patience > 0, pairs > 0, cutoff > 0, threads > 0, (1...16).contains(depth),
            shares.contains(learningRate), shares.contains(rowShare), shares.contains(featureShare),
            leastWeight >= 0, leastWeight.isFinite, regularization >= 0, regularization.isFinite
        else { throw RankingError(.invalidParameter, "\(self)") }
    }

    /// Names and values as XGBoost knows them.
    var libraryParameters: [(name: String, value: String)] {
        [
            ("objective", "rank:\(objective.rawValue)"),
            ("num_pairsample", "\(pairs)"),
            ("eta", "\(learningRate)"),
            ("max_depth", "\(depth)"),
            ("min_child_weight", "\(leastWeight)"),
            ("lambda", "\(regularization)"),
            ("subsample", "\(rowShare)"),
            ("colsample_bytree", "\(featureShare)"),
            ("base_score", "0"),
            ("tree_method", "hist"),
            ("seed", "\(seed)"),
            ("nthread", "\(threads)"),
            ("verbosity", "0"),
        ]
    }
}
