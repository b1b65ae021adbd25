import Foundation

@testable import Recommenders

/// The same computations in the most obvious way, dense and in `Double`, to hold the fast ones against.
enum DenseReference {
    typealias Matrix = [[Double]]

    static func matrix(_ sparse: SparseRows, columnCount: Int) -> Matrix {
        (0..<sparse.rowCount).map { row in
            var dense = [Double](repeating: 0, count: columnCount)
            for entry in sparse.entries(of: row) { dense[entry.item] = Double(entry.weight) }
            return dense
        }
    }

    static func matrix(_ factors: FactorMatrix) -> Matrix {
        (0..<factors.rowCount).map { factors.row($0).map(Double.init) }
    }

    /// Gauss elimination with the largest pivot.
    static func solve(_ matrix: Matrix, _ rightSide: [Double]) -> [Double] {
        let size = rightSide.count
        var rows = zip(matrix, rightSide).map { $0 + [$1] }
        for column in 0..<size {
            let pivot = (column..<size).max { abs(rows[$0][column]) < abs(rows[$1][column]) } ?? column
            rows.swapAt(column, pivot)
            for row in column + 1..<max(size, column + 1) {
                let factor = rows[row][column] / rows[column][column]
                for cell in column...size { rows[row][cell] -= factor * rows[column][cell] }
            }
        }
        var solution = [Double](repeating: 0, count: size)
        for row in (0..<size).reversed() {
            let known = (row + 1..<max(size, row + 1)).reduce(0.0) { $0 + rows[row][$1] * solution[$1] }
            solution[row] = (rows[row][size] - known) / rows[row][row]
        }
        return solution
    }

    /// One side of the factorisation: for each row (α₀VᵀV + Σ c·vvᵀ + λ_u I) x = Σ t·v.
    static func leastSquares(weights: Matrix, given: Matrix, _ parameters: ALSParameters) -> Matrix {
        let width = parameters.factors
        return weights.map { row in
            let count = row.filter { $0 > 0 }.count
            guard count > 0 else { return [Double](repeating: 0, count: width) }
            var normal = Matrix(repeating: [Double](repeating: 0, count: width), count: width)
            var right = [Double](repeating: 0, count: width)
            var regularization = Double(parameters.regularization)
            for (weight, vector) in zip(row, given) {
                var onMatrix = 1.0
                var onRight = 0.0
                switch parameters.objective {
                case .confidence, .weightedRegularization:
                    if weight > 0 {
                        onMatrix = Double(parameters.confidence(Float(weight)))
                        onRight = onMatrix
                    }
                case .frequencyScaled(let unobserved, _):
                    onMatrix = Double(unobserved) + (weight > 0 ? 1 : 0)
                    onRight = weight > 0 ? 1 : 0
                }
                for first in 0..<width {
                    for second in 0..<width { normal[first][second] += onMatrix * vector[first] * vector[second] }
                    right[first] += onRight * vector[first]
                }
            }
            switch parameters.objective {
            case .confidence: break
            case .weightedRegularization: regularization *= Double(count)
            case .frequencyScaled(let unobserved, let exponent):
                regularization *= pow(Double(count) + Double(unobserved) * Double(given.count), Double(exponent))
            }
            for index in 0..<width { normal[index][index] += regularization }
            return solve(normal, right)
        }
    }

    static func dot(_ left: [Double], _ right: [Double]) -> Double { zip(left, right).reduce(0) { $0 + $1.0 * $1.1 } }
}

/// Random data with a seed.
enum RandomData {
    static func matrix(userCount: Int, itemCount: Int, density: Float, seed: UInt64) throws -> InteractionMatrix {
        var random = RandomSource(seed: seed)
        var interactions: [Interaction] = []
        for user in 0..<userCount {
            for item in 0..<itemCount where random.uniform() < density {
                interactions.append(Interaction(user: user, item: item, weight: 0.5 + random.uniform() * 4))
            }
        }
        return try InteractionMatrix(userCount: userCount, itemCount: itemCount, interactions: interactions)
    }
}
