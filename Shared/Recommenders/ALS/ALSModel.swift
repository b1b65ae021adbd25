/// Matrix factorisation for implicit feedback (Hu, Koren and Volinsky 2008), fitted by alternating least squares.
///
/// Keeps the items' vectors and their Gram matrix only: a user's vector is solved from the history whenever it is needed
/// (fold-in), which is one step of the fit and takes a fraction of a millisecond.
public struct ALSModel: Recommender, Hashable {
    /// How the model was fitted.
    public let parameters: ALSParameters
    let items: FactorMatrix
    /// Transposed items times items plus the regularisation: what all users' equations have in common.
    let commonTerm: [Float]

    init(parameters: ALSParameters, items: FactorMatrix, workers: Workers = .serial) {
        self.parameters = parameters
        self.items = items
        commonTerm = ALSEquations.commonTerm(of: items, parameters: parameters, workers: workers)
    }

    /// How many items have vectors.
    public var itemCount: Int { items.rowCount }

    /// Fits the model: users first, from random vectors of the items.
    public static func fit(
        _ matrix: InteractionMatrix,
        parameters: ALSParameters = ALSParameters(),
        context: FitContext = FitContext()
    ) throws(RecommenderError) -> ALSModel {
        try parameters.validate()
        var items = FactorMatrix(rowCount: matrix.itemCount, width: parameters.factors)
        items.fillUniformly(below: 1 / Float(parameters.factors).squareRoot(), seed: context.seed)
        return try fit(matrix, parameters: parameters, startingFrom: items, context: context)
    }

    static func fit(
        _ matrix: InteractionMatrix,
        parameters: ALSParameters,
        startingFrom initialItems: FactorMatrix,
        context: FitContext
    ) throws(RecommenderError) -> ALSModel {
        var items = initialItems
        var users = FactorMatrix(rowCount: matrix.userCount, width: parameters.factors)
        for iteration in 0..<parameters.iterations {
            try ALSEquations.solve(&users, from: matrix.byUser, and: items, parameters, context)
            try ALSEquations.solve(&items, from: matrix.byItem, and: users, parameters, context)
            context.progress(Double(iteration + 1) / Double(parameters.iterations))
        }
        return ALSModel(parameters: parameters, items: items, workers: context.workers)
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
}

extension FactorMatrix {
    fileprivate mutating func fillUniformly(below bound: Float, seed: UInt64) {
        var random = RandomSource(seed: seed)
        for row in 0..<rowCount {
            for column in 0..<width { values[row * stride + column] = random.uniform() * bound }
        }
    }
}
