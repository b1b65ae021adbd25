import Testing

@testable import Recommenders

@Suite struct SLIMTests {
    /// Coordinate descent on dense columns, by the definition, until nothing moves.
    private func dense(_ matrix: InteractionMatrix, alpha: Double, l1Ratio: Double) -> [[Double]] {
        let columns = DenseReference.matrix(matrix.byItem, columnCount: matrix.userCount)
        let n = Double(matrix.userCount)
        let byTarget = columns.indices.map { target in
            var weights = [Double](repeating: 0, count: columns.count)
            var residual = columns[target]
            for _ in 0..<2000 {
                for item in columns.indices where item != target {
                    let square = DenseReference.dot(columns[item], columns[item])
                    let slope = DenseReference.dot(columns[item], residual) / n + square / n * weights[item]
                    let new = max(0, slope - alpha * l1Ratio) / (square / n + alpha * (1 - l1Ratio))
                    residual = zip(residual, columns[item]).map { $0 - $1 * (new - weights[item]) }
                    weights[item] = new
                }
            }
            return weights
        }
        return DenseNeighbourhood.transposed(byTarget)
    }

    @Test(arguments: [(0.02, 0.1), (0.3, 0.0), (0.05, 0.9)])
    func `weights equal the dense computation`(alpha: Double, l1Ratio: Double) throws {
        let matrix = try RandomData.matrix(userCount: 30, itemCount: 12, density: 0.3, seed: 1)
        let parameters = SLIMParameters(
            neighbours: 12,
            regularization: alpha,
            l1Ratio: l1Ratio,
            tolerance: 1e-7,
            sweeps: 5000
        )
        let model = try SLIMModel.fit(matrix, parameters: parameters)
        let expected = dense(matrix, alpha: alpha, l1Ratio: l1Ratio)
        let difference = DenseNeighbourhood.difference(DenseNeighbourhood.dense(model.weights), expected)
        #expect(difference < 1e-4)
        let cut = try SLIMModel.fit(
            matrix,
            parameters: SLIMParameters(
                neighbours: 3,
                regularization: alpha,
                l1Ratio: l1Ratio,
                tolerance: 1e-7,
                sweeps: 5000
            )
        )
        let best = DenseNeighbourhood.keepingBest(3, ofColumnsOf: expected)
        let cutDifference = DenseNeighbourhood.difference(DenseNeighbourhood.dense(cut.weights), best)
        #expect(cutDifference < 1e-4)
    }

    @Test func `many candidates walk along the sparse rows and find the same`() throws {
        let matrix = try RandomData.matrix(userCount: 30, itemCount: 40, density: 0.2, seed: 2)
        let parameters = SLIMParameters(tolerance: 1e-6, sweeps: 1000)
        let product = SparseProduct(left: matrix.byItem, right: matrix.byUser, columnCount: 40)
        let gram = try product.bestOfRows(40, context: FitContext())
        let squares = (0..<40).map { item in
            matrix.byItem.entries(of: item).reduce(Float.zero) { $0 + $1.weight * $1.weight }
        }
        var dense = SLIMSolver(gram: gram, squares: squares, userCount: 30, parameters: parameters)
        var sparse = SLIMSolver(gram: gram, squares: squares, userCount: 30, parameters: parameters, mostDenseSlots: 3)
        for target in 0..<40 {
            let (left, right) = (dense.solve(target), sparse.solve(target))
            #expect(left.items == right.items)
            let areClose = zip(left.weights, right.weights).allSatisfy { abs($0 - $1) < 1e-5 }
            #expect(areClose)
        }
    }

    @Test func `bad parameters are typed errors`() throws {
        let matrix = try RandomData.matrix(userCount: 5, itemCount: 5, density: 0.5, seed: 3)
        for parameters in [
            SLIMParameters(neighbours: 0), SLIMParameters(regularization: 0), SLIMParameters(regularization: .nan),
            SLIMParameters(l1Ratio: 1.1), SLIMParameters(l1Ratio: .nan), SLIMParameters(tolerance: 0),
            SLIMParameters(sweeps: 0),
        ] {
            #expect(throws: RecommenderError.self) { try SLIMModel.fit(matrix, parameters: parameters) }
        }
    }
}
