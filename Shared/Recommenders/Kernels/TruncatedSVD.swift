import Glibc

/// The largest singular values of a sparse matrix and their right singular vectors (Halko, Martinsson and Tropp 2011).
///
/// Randomised subspace iteration: a random basis of a few more columns than wanted is multiplied by the matrix and its
/// transpose in turn, made orthonormal after each product, and the matrix is then decomposed exactly within that
/// subspace. The left vectors are the matrix times ``right``, divided by the values.
struct TruncatedSVD: Hashable, Sendable {
    /// Descending, all above a hundred thousandth of the first.
    let singularValues: [Float]
    /// A row per column of the matrix, a column per singular value; the largest number of each column is positive.
    let right: FactorMatrix

    /// Computes `rank` values of `rows`, or as many as there are above zero.
    ///
    /// More `powerIterations` and a larger `oversampling` bring the result closer to the exact one. The same seed gives
    /// the same bytes, whatever the workers. Throws `cancelled`.
    init(
        of rows: SparseRows,
        columnCount: Int,
        rank: Int,
        oversampling: Int = 10,
        powerIterations: Int = 6,
        context: FitContext
    ) throws(RecommenderError) {
        let width = min(rank + oversampling, rows.rowCount, columnCount)
        guard rank > 0, width > 0, rows.entryCount > 0 else {
            self.init(singularValues: [], right: FactorMatrix(rowCount: columnCount, width: 0))
            return
        }
        let columns = rows.transposed(columnCount: columnCount)
        var basis = FactorMatrix(rowCount: columnCount, width: width)
        basis.fillWithNormalNumbers(seed: context.seed)
        for iteration in 0...powerIterations {
            var image = rows.product(with: basis, workers: context.workers, unless: context.isCancelled)
            try context.checkCancellation()
            LinearAlgebra.orthonormalize(&image)
            basis = columns.product(with: image, workers: context.workers, unless: context.isCancelled)
            try context.checkCancellation()
            LinearAlgebra.orthonormalize(&basis)
            context.progress(Double(iteration + 1) / Double(powerIterations + 2))
        }
        let image = rows.product(with: basis, workers: context.workers, unless: context.isCancelled)
        try context.checkCancellation()
        self.init(basis: basis, image: image, rank: rank)
        context.progress(1)
    }

    private init(singularValues: [Float], right: FactorMatrix) {
        self.singularValues = singularValues
        self.right = right
    }

    /// The exact decomposition of the matrix within `basis`, whose product with the matrix is `image`.
    private init(basis: FactorMatrix, image: FactorMatrix, rank: Int) {
        let width = basis.width
        // Double, because squaring halves the digits: so what is left of singular values of zero stays below the bound.
        let eigen = LinearAlgebra.symmetricEigen(LinearAlgebra.doubleGram(image), size: width)
        let (eigenvalues, eigenvectors) = eigen ?? ([], [])
        let values = eigenvalues.reversed().map { max(0, $0).squareRoot() }
        let smallest = max(1e-5 * (values.first ?? 0), Double(Float.leastNormalMagnitude))
        let kept = values.prefix(rank).prefix { $0 > smallest }
        singularValues = kept.map { Float($0) }
        var rotation = FactorMatrix(rowCount: width, width: kept.count)
        for column in 0..<kept.count {
            for row in 0..<width {
                rotation.values[row * rotation.stride + column] =
                    Float(eigenvectors[(width - 1 - column) * width + row])
            }
        }
        var right = FactorMatrix(rowCount: basis.rowCount, width: kept.count)
        if !kept.isEmpty {
            basis.values.withUnsafeBufferPointer { basisValues in
                right.values.withUnsafeMutableBufferPointer { target in
                    guard let left = basisValues.baseAddress, let target = target.baseAddress else { return }
                    LinearAlgebra.multiply(
                        left,
                        stride: basis.stride,
                        by: rotation.values,
                        stride: rotation.stride,
                        into: target,
                        stride: rotation.stride,
                        rows: basis.rowCount,
                        columns: kept.count,
                        depth: width
                    )
                }
            }
        }
        right.makeLargestNumbersPositive()
        self.right = right
    }
}

extension FactorMatrix {
    /// Standard normal numbers by Box and Muller, row by row.
    fileprivate mutating func fillWithNormalNumbers(seed: UInt64) {
        var random = RandomSource(seed: seed)
        for row in 0..<rowCount {
            for column in Swift.stride(from: 0, to: width, by: 2) {
                // 1 - u is never zero.
                let radius = (-2 * log(1 - Double(random.uniform()))).squareRoot()
                let angle = 2 * Double.pi * Double(random.uniform())
                values[row * stride + column] = Float(radius * cos(angle))
                if column + 1 < width { values[row * stride + column + 1] = Float(radius * sin(angle)) }
            }
        }
    }

    /// Singular vectors are unique up to their sign: this chooses it.
    fileprivate mutating func makeLargestNumbersPositive() {
        for column in 0..<width {
            var largest: Float = 0
            for row in 0..<rowCount {
                let value = values[row * stride + column]
                if abs(value) > abs(largest) { largest = value }
            }
            guard largest < 0 else { continue }
            for row in 0..<rowCount { values[row * stride + column].negate() }
        }
    }
}
