import COpenBLAS

extension LinearAlgebra {
    /// The eigenvalues, ascending, of a symmetric matrix of `size` x `size`, and its eigenvectors one after the other.
    ///
    /// `nil` when the computation does not converge, which it does for every finite matrix.
    static func symmetricEigen(_ matrix: [Double], size: Int) -> (values: [Double], vectors: [Double])? {
        precondition(matrix.count == size * size)
        _ = singleThreaded
        guard size > 0 else { return ([], []) }
        var vectors = matrix
        var values = [Double](repeating: 0, count: size)
        var (order, status) = (Int32(size), Int32(0))
        var workspaceSize = Int32(1 + 6 * size + 2 * size * size)
        var integerWorkspaceSize = Int32(3 + 5 * size)
        var workspace = [Double](repeating: 0, count: Int(workspaceSize))
        var integerWorkspace = [Int32](repeating: 0, count: Int(integerWorkspaceSize))
        // Symmetric, so rows are columns; both triangles are given.
        dsyevd_(
            "V",
            "L",
            &order,
            &vectors,
            &order,
            &values,
            &workspace,
            &workspaceSize,
            &integerWorkspace,
            &integerWorkspaceSize,
            &status
        )
        return status == 0 ? (values, vectors) : nil
    }

    /// Transposed `matrix` times `matrix` in double precision, `width` x `width`, both triangles.
    static func doubleGram(_ matrix: FactorMatrix) -> [Double] {
        _ = singleThreaded
        let (width, stride) = (matrix.width, matrix.stride)
        var gram = [Double](repeating: 0, count: width * width)
        guard width > 0 else { return gram }
        let chunkSize = 2048
        var chunk = [Double](repeating: 0, count: min(chunkSize, matrix.rowCount) * width)
        for first in Swift.stride(from: 0, to: matrix.rowCount, by: chunkSize) {
            let count = min(chunkSize, matrix.rowCount - first)
            for row in 0..<count {
                for column in 0..<width {
                    chunk[row * width + column] = Double(matrix.values[(first + row) * stride + column])
                }
            }
            cblas_dsyrk(
                CblasRowMajor,
                CblasLower,
                CblasTrans,
                Int32(width),
                Int32(count),
                1,
                chunk,
                Int32(width),
                1,
                &gram,
                Int32(width)
            )
        }
        for row in 0..<width {
            for column in 0..<row { gram[column * width + row] = gram[row * width + column] }
        }
        return gram
    }
}
