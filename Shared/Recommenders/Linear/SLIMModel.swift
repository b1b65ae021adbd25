/// Sparse linear methods of Ning and Karypis (2011): positive weights by an elastic net, and zero diagonal.
///
/// For each item j the weights w ≥ 0 minimise 1/(2n) ‖x_j − Xw‖² + α·l₁·Σw + ½ α·(1 − l₁)·Σw², with w_j = 0 and n users
/// (the objective of scikit-learn's `ElasticNet`, without intercept). The largest weights are kept.
public struct SLIMModel: ItemToItemModel, Hashable {
    /// How the model was fitted.
    public let parameters: SLIMParameters
    /// The weights of the elastic nets.
    public let weights: ItemWeights

    /// Solves one elastic net per item by cyclic coordinate descent on the sparse Gram matrix.
    ///
    /// Memory: 8 bytes for each pair of items that have a user in common, and the weights.
    public static func fit(
        _ matrix: InteractionMatrix,
        parameters: SLIMParameters = SLIMParameters(),
        context: FitContext = FitContext()
    ) throws(RecommenderError) -> SLIMModel {
        try parameters.validate()
        let product = SparseProduct(left: matrix.byItem, right: matrix.byUser, columnCount: matrix.itemCount)
        let gram = try product.bestOfRows(matrix.itemCount, context: context, progress: 0...0.1)
        let squares = (0..<matrix.itemCount).map { item in
            matrix.byItem.range(of: item).reduce(Float.zero) {
                $0 + matrix.byItem.values[$1] * matrix.byItem.values[$1]
            }
        }
        let chunks = try context.workers.mapChunks(of: matrix.itemCount, size: 16, context: context, progress: 0.1...1)
        {
            targets in
            var solver = SLIMSolver(gram: gram, squares: squares, userCount: matrix.userCount, parameters: parameters)
            var chunk = RowChunk()
            for target in targets {
                let (items, weights) = context.isCancelled() ? ([], []) : solver.solve(target)
                chunk.appendRow(items, weights)
            }
            return chunk
        }
        let weights = SparseRows(joining: chunks).keepingBest(parameters.neighbours, columnCount: matrix.itemCount)
        return SLIMModel(parameters: parameters, weights: ItemWeights(byTarget: weights))
    }
}
