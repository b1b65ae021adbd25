import COpenBLAS

extension LinearAlgebra {
    /// Replaces a symmetric matrix, of which the lower triangle is read, by its Cholesky factor.
    ///
    /// The upper triangle becomes zero. False when it is not positive definite.
    static func factorizeLower(_ matrix: inout [Double], size: Int) -> Bool {
        _ = singleThreaded
        var (order, status) = (Int32(size), Int32(0))
        // LAPACK goes by columns: our lower triangle is its upper one.
        dpotrf_("U", &order, &matrix, &order, &status)
        for row in 0..<size {
            for column in row + 1..<max(size, row + 1) { matrix[row * size + column] = 0 }
        }
        return status == 0 && (0..<size).allSatisfy { matrix[$0 * size + $0].isFinite }
    }

    /// The inverse of a lower triangular matrix.
    static func inverseLower(_ matrix: [Double], size: Int) -> [Double] {
        _ = singleThreaded
        var inverse = [Double](repeating: 0, count: size * size)
        for index in 0..<size { inverse[index * size + index] = 1 }
        cblas_dtrsm(
            CblasRowMajor,
            CblasLeft,
            CblasLower,
            CblasNoTrans,
            CblasNonUnit,
            Int32(size),
            Int32(size),
            1,
            matrix,
            Int32(size),
            &inverse,
            Int32(size)
        )
        return inverse
    }

    /// The product of `count` rows with a square matrix, all `stride` apart.
    static func multiplyRows(
        _ rows: UnsafePointer<Float>,
        _ count: Int,
        by square: [Float],
        _ stride: Int,
        into target: UnsafeMutablePointer<Float>
    ) {
        multiply(
            rows,
            stride: stride,
            by: square,
            stride: stride,
            into: target,
            stride: stride,
            rows: count,
            columns: stride,
            depth: stride
        )
    }

    /// Adds `count` rows' outer products with themselves to the lower triangle of `target`.
    static func addGram(
        of rows: UnsafePointer<Float>,
        count: Int,
        width: Int,
        stride: Int,
        to target: UnsafeMutablePointer<Float>
    ) {
        _ = singleThreaded
        cblas_ssyrk(
            CblasRowMajor,
            CblasLower,
            CblasTrans,
            Int32(width),
            Int32(count),
            1,
            rows,
            Int32(stride),
            1,
            target,
            Int32(stride)
        )
    }

    /// Replaces the lower triangle of a matrix in `Float` by its Cholesky factor; false when it is not positive definite.
    static func factorizeLower(_ matrix: UnsafeMutablePointer<Float>, width: Int, stride: Int) -> Bool {
        _ = singleThreaded
        var (order, leading, status) = (Int32(width), Int32(stride), Int32(0))
        spotrf_("U", &order, matrix, &leading, &status)
        return status == 0
    }
}
