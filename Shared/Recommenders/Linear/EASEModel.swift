/// A linear autoencoder in closed form: EASEᴿ of Steck (2019), "Embarrassingly shallow autoencoders for sparse data".
///
/// W minimises ‖X − XW‖² + λ‖W‖² with zero diagonal: with P the inverse of XᵀX + λI it is −P[i, j] / P[j, j]. Dense, until
/// ``keeping(_:)`` cuts it. Items without interactions have no part in it and score zero.
public struct EASEModel: Recommender, Hashable {
    /// What can be tuned about the autoencoder.
    public struct Parameters: Hashable, Sendable {
        /// The weight λ of the squared weights, above zero.
        public var regularization: Double
        /// How many bytes the fit may take.
        ///
        /// It takes 12n² for n items with interactions: n² `Double` for the inverse and n² `Float` for the weights, which
        /// stay. The default, 4 GiB, is enough for 18,918 items.
        public var memoryLimit: Int

        /// Creates parameters.
        public init(regularization: Double = 300, memoryLimit: Int = 4 << 30) {
            self.regularization = regularization
            self.memoryLimit = memoryLimit
        }

        /// Throws `invalidParameter` for a value outside its range.
        public func validate() throws(RecommenderError) {
            guard regularization > 0, regularization.isFinite, memoryLimit > 0 else {
                throw RecommenderError(.invalidParameter, "\(self)")
            }
        }
    }

    /// How the model was fitted.
    public let parameters: Parameters
    let weights: EASEWeights

    /// How many items there are.
    public var itemCount: Int { weights.itemCount }

    /// Inverts the Gram matrix, n³ operations for n items with interactions, shared among the workers.
    ///
    /// Throws `invalidParameter` when that needs more memory than allowed, or when λ is so small beside the weights that the
    /// matrix cannot be inverted.
    public static func fit(
        _ matrix: InteractionMatrix,
        parameters: Parameters = Parameters(),
        context: FitContext = FitContext()
    ) throws(RecommenderError) -> EASEModel {
        try parameters.validate()
        let active = (0..<matrix.itemCount).filter { !matrix.byItem.range(of: $0).isEmpty }
        let (cells, overflow) = active.count.multipliedReportingOverflow(by: active.count)
        guard !overflow, cells <= parameters.memoryLimit / 12 else {
            throw RecommenderError(
                .invalidParameter,
                "\(active.count) items need 12 bytes for each of their pairs, allowed are \(parameters.memoryLimit)"
            )
        }
        var gram = GramMatrix(of: matrix, items: active, diagonal: parameters.regularization)
        try gram.compute(context: context)
        context.progress(0.2)
        guard try gram.invert(context: context) else {
            throw RecommenderError(
                .invalidParameter,
                "regularization \(parameters.regularization) is too small for these weights"
            )
        }
        let weights = EASEWeights.dense(DenseItemWeights(itemCount: matrix.itemCount, active: active, inverse: gram))
        context.progress(1)
        return EASEModel(parameters: parameters, weights: weights)
    }

    /// What `source` in a history, with weight one, adds to the score of `target`; both must be below the item count.
    public func weight(from source: Int, to target: Int) -> Float { weights.weight(from: source, to: target) }

    /// Prepares the scores of a history.
    public func scorer(for history: [WeightedItem]) throws(RecommenderError) -> EASEScorer {
        EASEScorer(weights: weights, history: try history.validated(itemCount: itemCount))
    }
}

/// One history in front of an ``EASEModel``: its row vector times W.
public struct EASEScorer: HistoryScorer {
    private let weights: EASEWeights
    private let history: [WeightedItem]

    init(weights: EASEWeights, history: [WeightedItem]) {
        self.weights = weights
        self.history = history
    }

    /// The history's row vector times W; negative where the history speaks against an item.
    public func scores() -> [Float] { weights.scores(of: history) }

    /// Weight times W for each item of the history.
    public func parts(of item: Int) -> [Contribution] {
        history.map { entry in
            Contribution(item: entry.item, amount: entry.weight * weights.weight(from: entry.item, to: item))
        }
    }

    /// The sum of weight times W.
    public func score(of item: Int) -> Float {
        history.reduce(0) { $0 + $1.weight * weights.weight(from: $1.item, to: item) }
    }

    /// The best of the items that the history speaks for; no others are looked at where weights are cut.
    public func best(_ limit: Int, excluding excluded: ItemSet) -> [ScoredItem] {
        switch weights {
        case .dense(let weights): ScoredItem.best(limit, of: weights.scores(of: history), excluding: excluded)
        case .sparse(let weights): weights.best(limit, for: history, excluding: excluded)
        }
    }
}
