/// Truncated singular value decomposition of the matrix, missing cells zero: PureSVD of Cremonesi, Koren and Turrin (2010).
///
/// A history's row vector x gets the scores x · V · Vᵀ with the right singular vectors V: fold-in and fit are the same for a
/// user of the matrix.
public struct PureSVDModel: Recommender, Hashable {
    /// What can be tuned about the decomposition.
    public struct Parameters: Hashable, Sendable {
        /// How many singular values are kept, from 1 to 4,096; fewer if the matrix has not as many.
        public var factors: Int
        /// How often the random subspace is multiplied by the matrix and its transpose, from 0 to 1,000.
        ///
        /// The default makes the scores of real data those of the exact decomposition to about four digits.
        public var powerIterations: Int

        /// Creates parameters.
        public init(factors: Int = 50, powerIterations: Int = 20) {
            self.factors = factors
            self.powerIterations = powerIterations
        }

        /// Throws `invalidParameter` for a value outside its range.
        public func validate() throws(RecommenderError) {
            guard (1...4096).contains(factors), (0...1000).contains(powerIterations) else {
                throw RecommenderError(.invalidParameter, "\(self)")
            }
        }
    }

    /// How the model was fitted.
    public let parameters: Parameters
    /// The singular values, descending.
    public let singularValues: [Float]
    let items: FactorMatrix

    /// How many items there are.
    public var itemCount: Int { items.rowCount }

    /// Decomposes the matrix.
    public static func fit(
        _ matrix: InteractionMatrix,
        parameters: Parameters = Parameters(),
        context: FitContext = FitContext()
    ) throws(RecommenderError) -> PureSVDModel {
        try parameters.validate()
        let decomposition = try TruncatedSVD(
            of: matrix.byUser,
            columnCount: matrix.itemCount,
            rank: parameters.factors,
            oversampling: max(10, parameters.factors),
            powerIterations: parameters.powerIterations,
            context: context
        )
        return PureSVDModel(
            parameters: parameters,
            singularValues: decomposition.singularValues,
            items: decomposition.right
        )
    }

    /// Projects the history's row vector onto the singular vectors.
    public func scorer(for history: [WeightedItem]) throws(RecommenderError) -> PureSVDScorer {
        PureSVDScorer(items: items, history: try history.validated(itemCount: itemCount))
    }

    /// The part of each singular vector in an item.
    public func vector(of item: Int) -> [Float] { Array(items.row(item)) }
}

/// One history in front of a ``PureSVDModel``.
public struct PureSVDScorer: HistoryScorer {
    private let items: FactorMatrix
    private let history: [WeightedItem]
    /// The history's coordinates, padded.
    private let user: [Float]

    init(items: FactorMatrix, history: [WeightedItem]) {
        self.items = items
        self.history = history
        var user = [Float](repeating: 0, count: items.stride)
        for entry in history {
            for (factor, value) in items.row(entry.item).enumerated() { user[factor] += entry.weight * value }
        }
        self.user = user
    }

    /// The scalar product of the history's coordinates with each item's.
    public func scores() -> [Float] { items.product(with: user) }

    /// Weight times the scalar product of the two items, for each item of the history.
    public func parts(of item: Int) -> [Contribution] {
        history.map { entry in
            let product = zip(items.row(entry.item), items.row(item)).reduce(Float.zero) { $0 + $1.0 * $1.1 }
            return Contribution(item: entry.item, amount: entry.weight * product)
        }
    }
}
