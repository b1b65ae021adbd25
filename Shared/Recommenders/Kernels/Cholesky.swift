/// The Cholesky factor of a symmetric positive definite matrix, and solutions with it.
///
/// Works in place on the lower triangle of `width` rows that are `stride` apart. A pivot that rounding made zero or
/// negative is raised to a millionth of the largest diagonal element, so that the solution is always finite.
struct Cholesky {
    let factor: UnsafeMutablePointer<Float>
    let width: Int
    let stride: Int

    /// Replaces the matrix by its factor.
    init(factorizing matrix: UnsafeMutablePointer<Float>, width: Int, stride: Int) {
        factor = matrix
        self.width = width
        self.stride = stride
        var largest = Float.leastNormalMagnitude
        for index in 0..<width { largest = max(largest, matrix[index * stride + index]) }
        let smallestPivot = largest * 1e-6
        for row in 0..<width {
            let cells = matrix + row * stride
            for column in 0..<row {
                let above = matrix + column * stride
                cells[column] = (cells[column] - Kernels.dot(cells, above, column)) / above[column]
            }
            let pivot = cells[row] - Kernels.dot(cells, cells, row)
            cells[row] = max(pivot, smallestPivot).squareRoot()
        }
    }

    /// Uses a factor that was computed before.
    init(factor: UnsafeMutablePointer<Float>, width: Int, stride: Int) {
        self.factor = factor
        self.width = width
        self.stride = stride
    }

    /// Replaces the right-hand side by the solution.
    func solve(_ vector: UnsafeMutablePointer<Float>) {
        for row in 0..<width {
            let cells = factor + row * stride
            vector[row] = (vector[row] - Kernels.dot(cells, vector, row)) / cells[row]
        }
        for row in (0..<width).reversed() {
            let cells = factor + row * stride
            vector[row] /= cells[row]
            Kernels.add(cells, times: -vector[row], to: vector, row)
        }
    }
}
