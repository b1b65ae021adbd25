import COpenBLAS

/// XᵀX of the columns of some items plus a diagonal, in `Double`, dense; and its inverse in place.
struct GramMatrix: Sendable {
    /// How many items there are.
    let count: Int
    /// Row by row; symmetric.
    private(set) var values: [Double]
    private let matrix: InteractionMatrix
    private let items: [Int]
    private let diagonal: Double

    init(of matrix: InteractionMatrix, items: [Int], diagonal: Double) {
        self.matrix = matrix
        self.items = items
        self.diagonal = diagonal
        count = items.count
        values = [Double](repeating: 0, count: items.count * items.count)
    }

    /// Adds up the products, the rows split among the workers; throws `cancelled`.
    mutating func compute(context: FitContext) throws(RecommenderError) {
        var places = [Int](repeating: -1, count: matrix.itemCount)
        for (place, item) in items.enumerated() { places[item] = place }
        let (matrix, items, count, diagonal) = (matrix, items, count, diagonal)
        let (byItem, byUser) = (matrix.byItem, matrix.byUser)
        values.withUnsafeMutableBufferPointer { values in
            guard let base = values.baseAddress else { return }
            let rows = DisjointDoubleRows(target: base)
            context.workers.forEachChunk(of: count, size: 32, unless: context.isCancelled) { [places] _, range in
                for place in range {
                    let row = rows.target + place * count
                    for position in byItem.range(of: items[place]) {
                        let weight = Double(byItem.values[position])
                        for entry in byUser.range(of: Int(byItem.columns[position])) {
                            let column = places[Int(byUser.columns[entry])]
                            if column >= 0 { row[column] += weight * Double(byUser.values[entry]) }
                        }
                    }
                    row[place] += diagonal
                }
            }
        }
        try context.checkCancellation()
    }

    /// Replaces the matrix by its inverse (LAPACK, by Cholesky's factor); `false` when rounding made it not positive definite.
    mutating func invert(context: FitContext) throws(RecommenderError) -> Bool {
        _ = LinearAlgebra.singleThreaded
        var (order, status) = (Int32(truncatingIfNeeded: count), Int32(0))
        values.withUnsafeMutableBufferPointer { dpotrf_("L", &order, $0.baseAddress, &order, &status) }
        try context.checkCancellation()
        guard status == 0 else { return false }
        context.progress(0.5)
        values.withUnsafeMutableBufferPointer { dpotri_("L", &order, $0.baseAddress, &order, &status) }
        try context.checkCancellation()
        guard status == 0 else { return false }
        // Columns first, so the lower triangle of LAPACK is our upper one.
        values.withUnsafeMutableBufferPointer { values in
            let tile = 64
            for rows in stride(from: 0, to: count, by: tile) {
                for columns in stride(from: 0, through: rows, by: tile) {
                    for row in rows..<min(count, rows + tile) {
                        for column in columns..<min(row, columns + tile) {
                            values[row * count + column] = values[column * count + row]
                        }
                    }
                }
            }
        }
        return values.allSatisfy(\.isFinite)
    }
}

/// Memory that several workers write, each its own rows only.
///
/// Unchecked because exactly that keeps it free of races: chunks of rows do not overlap, and whoever hands it out waits
/// for all workers before the memory goes.
private struct DisjointDoubleRows: @unchecked Sendable {
    let target: UnsafeMutablePointer<Double>
}
