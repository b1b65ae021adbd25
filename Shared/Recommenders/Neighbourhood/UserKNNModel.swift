/// User-based nearest neighbours, after Resnick and others (1994), for top-N lists.
///
/// The score of an item is the sum, over the users v who have it, of the similarity with v times v's weight for it. v counts
/// if the user is among the `neighbours` users most similar to *v*: the best of each column of the similarity matrix, as in
/// the evaluation of Ferrari Dacrema and others (2021). Keeps the matrix it was fitted to: this model grows with the users.
public struct UserKNNModel: Recommender {
    /// How the model was fitted.
    public let parameters: NeighbourhoodParameters
    let matrix: InteractionMatrix
    let weighting: FittedWeighting
    /// For each item its users and what they count in a similarity.
    private let usersByItem: SparseRows
    private let terms: SimilarityTerms
    /// For each user the users v that count, ascending, and the similarities.
    private let lenders: SparseRows
    /// What a new user's similarity with v must exceed to be among v's best.
    private let thresholds: [Float]

    /// How many items there are.
    public var itemCount: Int { matrix.itemCount }

    /// Computes all similarities of users and keeps the best of each, ties by ascending index.
    ///
    /// Time grows with the sum over items of the squared number of their users.
    public static func fit(
        _ matrix: InteractionMatrix,
        parameters: NeighbourhoodParameters = NeighbourhoodParameters(),
        context: FitContext = FitContext()
    ) throws(RecommenderError) -> UserKNNModel {
        try parameters.validate()
        return try UserKNNModel(matrix, parameters: parameters, context: context)
    }

    private init(
        _ matrix: InteractionMatrix,
        parameters: NeighbourhoodParameters,
        context: FitContext
    ) throws(RecommenderError) {
        self.parameters = parameters
        self.matrix = matrix
        let weighting = FittedWeighting(
            parameters.effectiveWeighting,
            documents: matrix.byUser,
            termCount: matrix.itemCount
        )
        let users = weighting(matrix.byUser)
        let usersByItem = users.transposed(columnCount: matrix.itemCount)
        let terms = SimilarityTerms(
            users,
            population: matrix.itemCount,
            similarity: parameters.similarity,
            shrinkage: parameters.shrinkage
        )
        let product = SparseProduct(left: users, right: usersByItem, columnCount: matrix.userCount)
        let best = try product.bestOfRows(parameters.neighbours, context: context) { target, others, products in
            terms.similarities(target: terms.terms[target], others: others, products: products)
        }
        thresholds = (0..<best.rowCount).map { row in
            let similarities = best.values[best.range(of: row)]
            return similarities.count == parameters.neighbours ? similarities.min() ?? 0 : 0
        }
        lenders = best.transposed(columnCount: matrix.userCount)
        self.weighting = weighting
        self.usersByItem = usersByItem
        self.terms = terms
    }

    /// Prepares the scores of a history as those of one more user: a refit with that user at the end would give the same,
    /// up to the logarithms of the weighting, which stay as they are.
    public func scorer(for history: [WeightedItem]) throws(RecommenderError) -> UserKNNScorer {
        let history = try history.validated(itemCount: itemCount)
        let weights = weighting(history)
        let items = history.map { Int32(truncatingIfNeeded: $0.item) }
        var lenders: [ScoredItem] = []
        var row = ProductRow(columnCount: matrix.userCount)
        weights.withUnsafeBufferPointer { weights in
            let own = terms.term(of: weights)
            items.withUnsafeBufferPointer { row.compute($0, weights, times: usersByItem) }
            row.withCells { users, products in
                for index in 0..<users.count {
                    let user = Int(users[index])
                    let similarity = terms.similarity(products[index], own, terms.terms[user])
                    guard similarity > thresholds[user], similarity < .infinity else { continue }
                    lenders.append(ScoredItem(item: user, score: similarity))
                }
            }
        }
        lenders.sort { $0.item < $1.item }
        return UserKNNScorer(model: self, history: history, lenders: lenders)
    }

    /// Prepares the scores of a user of the matrix by the similarities that the fit found; `history` only explains them.
    public func scorer(ofUser user: Int, history: [WeightedItem]) throws(RecommenderError) -> UserKNNScorer {
        let history = try history.validated(itemCount: itemCount)
        guard (0..<matrix.userCount).contains(user) else {
            throw RecommenderError(.indexOutOfRange, "user \(user) in a model of \(matrix.userCount)")
        }
        return UserKNNScorer(
            model: self,
            history: history,
            lenders: lenders.entries(of: user).map { ScoredItem(item: $0.item, score: $0.weight) }
        )
    }
}
