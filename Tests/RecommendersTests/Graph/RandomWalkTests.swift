import Foundation
import Testing

@testable import Recommenders

@Suite struct RandomWalkTests {
    /// The definition, dense: element-wise powers of the probabilities, the penalty, and the cuts in their order.
    private func dense(
        _ matrix: InteractionMatrix,
        alpha: Double,
        beta: Double,
        limit: Int,
        isNormalised: Bool
    ) -> [[Double]] {
        func steps(_ rows: [[Double]]) -> [[Double]] {
            rows.map { row in
                let sum = row.reduce(0, +)
                return row.map { $0 > 0 ? pow($0 / sum, alpha) : 0 }
            }
        }
        let users = DenseReference.matrix(matrix.byUser, columnCount: matrix.itemCount)
        let items = DenseReference.matrix(matrix.byItem, columnCount: matrix.userCount)
        let popularity = items.map { row in pow(Double(row.filter { $0 > 0 }.count), -beta) }
        var weights = DenseNeighbourhood.product(steps(items), steps(users))
        for row in weights.indices {
            for column in weights[row].indices { weights[row][column] *= row == column ? 0 : popularity[column] }
        }
        weights = DenseNeighbourhood.keepingBest(limit, ofRowsOf: weights)
        if isNormalised {
            weights = weights.map { row in
                let sum = row.reduce(0, +)
                return row.map { sum > 0 ? $0 / sum : 0 }
            }
        }
        return DenseNeighbourhood.keepingBest(limit, ofColumnsOf: weights)
    }

    @Test(arguments: [true, false])
    func `P3alpha equals the dense computation`(isNormalised: Bool) throws {
        let matrix = try RandomData.matrix(userCount: 40, itemCount: 30, density: 0.2, seed: 1)
        let parameters = P3AlphaModel.Parameters(neighbours: 9, alpha: 0.7, isNormalised: isNormalised)
        let model = try P3AlphaModel.fit(matrix, parameters: parameters)
        let expected = dense(matrix, alpha: 0.7, beta: 0, limit: 9, isNormalised: isNormalised)
        let difference = DenseNeighbourhood.difference(DenseNeighbourhood.dense(model.weights), expected)
        #expect(difference < 1e-6)
    }

    @Test(arguments: [true, false])
    func `RP3beta equals the dense computation`(isNormalised: Bool) throws {
        let matrix = try RandomData.matrix(userCount: 40, itemCount: 30, density: 0.2, seed: 2)
        let parameters = RP3BetaModel.Parameters(neighbours: 9, alpha: 1.1, beta: 0.6, isNormalised: isNormalised)
        let model = try RP3BetaModel.fit(matrix, parameters: parameters)
        let expected = dense(matrix, alpha: 1.1, beta: 0.6, limit: 9, isNormalised: isNormalised)
        let difference = DenseNeighbourhood.difference(DenseNeighbourhood.dense(model.weights), expected)
        #expect(difference < 1e-6)
    }

    @Test func `bad parameters are typed errors`() throws {
        let matrix = try RandomData.matrix(userCount: 5, itemCount: 5, density: 0.5, seed: 3)
        for parameters in [
            RP3BetaModel.Parameters(neighbours: 0), .init(alpha: -1), .init(alpha: .nan), .init(beta: .infinity),
        ] {
            #expect(throws: RecommenderError.self) { try RP3BetaModel.fit(matrix, parameters: parameters) }
        }
        for parameters in [P3AlphaModel.Parameters(neighbours: 0), .init(alpha: -1), .init(alpha: .nan)] {
            #expect(throws: RecommenderError.self) { try P3AlphaModel.fit(matrix, parameters: parameters) }
        }
    }
}
