/// Finds the indicators of one behaviour after the other for the items of the primary matrix.
struct CCOFit: Sendable {
    private let primary: InteractionMatrix
    private let parameters: CCOParameters
    /// The primary items' users, each counting one.
    private let targets: SparseRows
    private let ratio: LogLikelihoodRatio

    init(primary: InteractionMatrix, parameters: CCOParameters) {
        self.primary = primary
        self.parameters = parameters
        targets = primary.byItem.binary()
        ratio = LogLikelihoodRatio(population: primary.userCount)
    }

    /// The indicators in `matrix`, whose users are the primary ones; an item is no indicator of itself.
    func indicators(
        in matrix: InteractionMatrix,
        isPrimary: Bool,
        context: FitContext,
        progress: ClosedRange<Double>
    ) throws(RecommenderError) -> ItemWeights {
        let product = SparseProduct(
            left: targets,
            right: matrix.byUser.binary(),
            columnCount: matrix.itemCount,
            leavesOutDiagonal: isPrimary
        )
        let (counts, targetCounts) = (matrix.byItem.rowLengths(), targets.rowLengths())
        let rows = try product.bestOfRows(parameters.indicators, context: context, progress: progress) {
            [ratio, threshold = parameters.threshold] target, columns, products in
            for index in 0..<columns.count {
                let value = ratio(
                    together: Int(products[index]),
                    first: targetCounts[target],
                    second: counts[Int(columns[index])]
                )
                products[index] = Float(value) > threshold ? Float(value) : 0
            }
        }
        let weights: [Float]
        switch parameters.match {
        case .ratio: weights = rows.values
        case .one: weights = [Float](repeating: 1, count: rows.entryCount)
        }
        return ItemWeights(
            byTarget: SparseRows(offsets: rows.offsets, columns: rows.columns, values: weights),
            sourceCount: matrix.itemCount
        )
    }
}

extension SparseRows {
    /// The same pairs, each value one.
    fileprivate func binary() -> SparseRows {
        SparseRows(offsets: offsets, columns: columns, values: [Float](repeating: 1, count: entryCount))
    }

    fileprivate func rowLengths() -> [Int] { (0..<rowCount).map { range(of: $0).count } }
}
