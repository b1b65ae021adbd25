/// Matrix factorisation for implicit feedback, fitted by alternating least squares.
///
/// One solver for the objectives of Hu, Koren and Volinsky (2008) and of Rendle, Krichene, Zhang and Koren (2021), see
/// ``ALSParameters/Objective``.
///
/// Keeps the items' vectors and their Gram matrix only: a user's vector is solved from the history whenever it is needed
/// (fold-in), which is one exact step of the fit and takes a fraction of a millisecond.
public struct ALSModel: Recommender, Hashable {
    /// How the model was fitted.
    public let parameters: ALSParameters
    let items: FactorMatrix
    /// Transposed items times items, the lower triangle.
    let gram: [Float]
    /// The items once more, for the best of them.
    let quantized: QuantizedItems

    init(parameters: ALSParameters, items: FactorMatrix, workers: Workers = .serial) {
        self.parameters = parameters
        self.items = items
        gram = items.gram(workers: workers)
        quantized = QuantizedItems(items)
    }

    /// How many items have vectors.
    public var itemCount: Int { items.rowCount }

    /// Fits the model: users first, from ``ALSParameters/start``.
    public static func fit(
        _ matrix: InteractionMatrix,
        parameters: ALSParameters = ALSParameters(),
        context: FitContext = FitContext()
    ) throws(RecommenderError) -> ALSModel {
        try ALSFactorization.fit(matrix, parameters: parameters, context: context).model
    }

    /// Brings the model up to date with a matrix that has changed since, by `iterations` from the vectors it has.
    ///
    /// The matrix may have more items than the model, never fewer; the users may be others. Throws `invalidParameter` or
    /// `cancelled`.
    public func updated(
        with matrix: InteractionMatrix,
        iterations: Int = 2,
        context: FitContext = FitContext()
    ) throws(RecommenderError) -> ALSModel {
        guard matrix.itemCount >= itemCount, iterations >= 1 else {
            throw RecommenderError(
                .invalidParameter,
                "\(iterations) iterations with \(matrix.itemCount) items on a model of \(itemCount)"
            )
        }
        var start = FactorMatrix(rowCount: matrix.itemCount, width: items.width)
        start.values.replaceSubrange(0..<items.values.count, with: items.values)
        var swept = parameters
        swept.iterations = iterations
        let factors = try ALSFactorization.fit(matrix, parameters: swept, startingFrom: start, context: context)
        return ALSModel(parameters: parameters, items: factors.model.items, workers: context.workers)
    }

    static func fit(
        _ matrix: InteractionMatrix,
        parameters: ALSParameters,
        startingFrom initialItems: FactorMatrix,
        context: FitContext
    ) throws(RecommenderError) -> ALSModel {
        try ALSFactorization.fit(matrix, parameters: parameters, startingFrom: initialItems, context: context).model
    }

    /// Solves the user's equations for `history`: what the fit would make of a user with these interactions.
    public func scorer(for history: [WeightedItem]) throws(RecommenderError) -> ALSScorer {
        ALSScorer(model: self, history: try history.validated(itemCount: itemCount))
    }

    /// The user's vector for a history.
    public func foldIn(_ history: [WeightedItem]) throws(RecommenderError) -> [Float] {
        Array(try scorer(for: history).user.prefix(parameters.factors))
    }

    /// The vector of an item.
    public func vector(of item: Int) -> [Float] { Array(items.row(item)) }

    /// All items' vectors one after the other, items x factors.
    public var itemFactors: [Float] { items.unpadded }
}
