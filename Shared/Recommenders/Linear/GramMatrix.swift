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

    /// Replaces the matrix by its inverse, the work split among the workers; `false` when rounding made it not positive
    /// definite.
    mutating func invert(context: FitContext) throws(RecommenderError) -> Bool {
        let count = count
        let result: Result<Bool, RecommenderError> = values.withUnsafeMutableBufferPointer { values in
            guard let base = values.baseAddress else { return .success(true) }
            let inverse = BlockedInverse(of: DisjointDoubleRows(target: base), count: count, context: context)
            return Result { () throws(RecommenderError) in try inverse() }
        }
        guard try result.get() else { return false }
        return values.allSatisfy(\.isFinite)
    }
}

/// Memory that several workers write, each its own rows or blocks only.
///
/// Unchecked because exactly that keeps it free of races: what two workers write at the same time does not overlap, nor does
/// one read it meanwhile, and whoever hands it out waits for all workers before the memory goes.
struct DisjointDoubleRows: @unchecked Sendable {
    let target: UnsafeMutablePointer<Double>
}
