import COpenBLAS

extension LinearAlgebra {
    /// Replaces the columns of `matrix`, of which there are at most as many as rows, by an orthonormal basis of their span.
    ///
    /// Householder's QR factorisation: orthonormal to rounding whatever the columns, dependent and zero ones included.
    static func orthonormalize(_ matrix: inout FactorMatrix) {
        precondition(matrix.width <= matrix.rowCount)
        _ = singleThreaded
        let (rowCount, width, stride) = (matrix.rowCount, matrix.width, matrix.stride)
        guard width > 0 else { return }
        // LAPACK wants the columns one after the other.
        var columns = [Float](repeating: 0, count: rowCount * width)
        for row in 0..<rowCount {
            for column in 0..<width { columns[column * rowCount + row] = matrix.values[row * stride + column] }
        }
        var (rows, count, status) = (Int32(rowCount), Int32(width), Int32(0))
        var reflections = [Float](repeating: 0, count: width)
        // Room for the blocked algorithm with blocks of up to 64 columns.
        var workspaceSize = Int32(64 * width)
        var workspace = [Float](repeating: 0, count: 64 * width)
        sgeqrf_(&rows, &count, &columns, &rows, &reflections, &workspace, &workspaceSize, &status)
        assert(status == 0)
        sorgqr_(&rows, &count, &count, &columns, &rows, &reflections, &workspace, &workspaceSize, &status)
        assert(status == 0)
        for row in 0..<rowCount {
            for column in 0..<width { matrix.values[row * stride + column] = columns[column * rowCount + row] }
        }
    }
}
