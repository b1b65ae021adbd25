import Foundation

/// The lower triangular factor L of a symmetric positive definite matrix L·Lᵀ.
struct CholeskyFactor: Hashable, Sendable {
    let size: Int
    /// Row by row; what stands above the diagonal is zero.
    let lower: [Double]

    /// `nil` when the matrix is not positive definite.
    init?(_ matrix: [Double], size: Int) {
        var lower = [Double](repeating: 0, count: size * size)
        for row in 0..<size {
            for column in 0...row {
                var sum = matrix[row * size + column]
                for index in 0..<column { sum -= lower[row * size + index] * lower[column * size + index] }
                if row == column {
                    guard sum > 0, sum.isFinite else { return nil }
                    lower[row * size + row] = sum.squareRoot()
                } else {
                    lower[row * size + column] = sum / lower[column * size + column]
                }
            }
        }
        self.size = size
        self.lower = lower
    }

    /// Takes a factor as it was stored; `nil` when it is none.
    init?(lower: [Double], size: Int) {
        guard lower.count == size * size, (0..<size).allSatisfy({ lower[$0 * size + $0] > 0 }) else { return nil }
        self.size = size
        self.lower = lower
    }

    /// The logarithm of the matrix's determinant.
    var logDeterminant: Double {
        2 * (0..<size).reduce(0) { $0 + log(lower[$1 * size + $1]) }
    }

    /// The squared length of L⁻¹·x: the squared Mahalanobis distance of x from zero.
    func squaredNorm(of vector: [Double]) -> Double {
        var solved = vector
        var sum = 0.0
        for row in 0..<size {
            var value = solved[row]
            for index in 0..<row { value -= lower[row * size + index] * solved[index] }
            value /= lower[row * size + row]
            solved[row] = value
            sum += value * value
        }
        return sum
    }
}
