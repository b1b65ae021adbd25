/// Item-based nearest neighbours, after Sarwar and others (2001) and for top-N lists Deshpande and Karypis (2004).
///
/// Each item keeps its most similar items; the score of j is the sum, over those items of the history that are among j's
/// neighbours, of weight times similarity. It is not divided by the sum of the similarities.
public struct ItemKNNModel: ItemToItemModel, Hashable {
    /// How the model was fitted.
    public let parameters: NeighbourhoodParameters
    /// The similarities of each item's neighbours.
    public let weights: ItemWeights

    init(parameters: NeighbourhoodParameters, neighbours: SparseRows) {
        self.parameters = parameters
        weights = ItemWeights(byTarget: neighbours)
    }

    /// Computes all similarities and keeps each item's best, ties by ascending index.
    ///
    /// Time grows with the sum over users of the squared number of their items.
    public static func fit(
        _ matrix: InteractionMatrix,
        parameters: NeighbourhoodParameters = NeighbourhoodParameters(),
        context: FitContext = FitContext()
    ) throws(RecommenderError) -> ItemKNNModel {
        try parameters.validate()
        let weighting = FittedWeighting(
            parameters.effectiveWeighting,
            documents: matrix.byItem,
            termCount: matrix.userCount
        )
        let items = weighting(matrix.byItem)
        let terms = SimilarityTerms(
            items,
            population: matrix.userCount,
            similarity: parameters.similarity,
            shrinkage: parameters.shrinkage
        )
        let product = SparseProduct(
            left: items,
            right: items.transposed(columnCount: matrix.userCount),
            columnCount: matrix.itemCount
        )
        let neighbours = try product.bestOfRows(parameters.neighbours, context: context) { target, others, products in
            terms.similarities(target: terms.terms[target], others: others, products: products)
        }
        return ItemKNNModel(parameters: parameters, neighbours: neighbours)
    }
}
