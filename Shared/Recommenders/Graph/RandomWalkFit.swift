import Glibc

/// Three steps on the graph of users and items, from an item to its users and on to their items.
struct RandomWalkFit: Sendable {
    /// The power that the probability of each step is raised to.
    let alpha: Float
    /// The power of the popularity that the probability of an item is divided by.
    let beta: Float
    /// How many items are kept per item that the walk starts from, then per item where it ends.
    let neighbours: Int
    /// Whether the weights from an item are divided by their sum, between the two cuts.
    let isNormalised: Bool

    func weights(_ matrix: InteractionMatrix, context: FitContext) throws(RecommenderError) -> ItemWeights {
        let penalties = (0..<matrix.itemCount).map { item in
            beta == 0 ? 1 : Float(pow(Double(max(1, matrix.byItem.range(of: item).count)), -Double(beta)))
        }
        let product = SparseProduct(
            left: steps(from: matrix.byItem),
            right: steps(from: matrix.byUser),
            columnCount: matrix.itemCount
        )
        // Walks of one user's items tie often; with this order the published figures come out to the digit.
        var rows = try product.bestOfRows(neighbours, ties: .higherColumn, context: context) { _, columns, products in
            for index in 0..<columns.count { products[index] *= penalties[Int(columns[index])] }
        }
        if isNormalised { rows = rows.withRowsOfSumOne() }
        let byTarget = rows.transposed(columnCount: matrix.itemCount)
        return ItemWeights(byTarget: byTarget.keepingBest(neighbours, columnCount: matrix.itemCount))
    }

    /// The probabilities of a step, each raised to the power alpha.
    private func steps(from rows: SparseRows) -> SparseRows {
        let normalised = rows.withRowsOfSumOne()
        guard alpha != 1 else { return normalised }
        return SparseRows(
            offsets: rows.offsets,
            columns: rows.columns,
            values: normalised.values.map { Float(pow(Double($0), Double(alpha))) }
        )
    }
}

extension SparseRows {
    /// The same rows, each divided by its sum.
    func withRowsOfSumOne() -> SparseRows {
        var normalised = values
        for row in 0..<rowCount {
            let sum = range(of: row).reduce(0.0) { $0 + Double(values[$1]) }
            guard sum > 0 else { continue }
            for entry in range(of: row) { normalised[entry] = Float(Double(values[entry]) / sum) }
        }
        return SparseRows(offsets: offsets, columns: columns, values: normalised)
    }
}
