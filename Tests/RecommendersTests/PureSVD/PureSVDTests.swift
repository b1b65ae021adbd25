import Testing

@testable import Recommenders

@Suite struct PureSVDTests {
    @Test func `scores equal the projection on the exact eigenvectors`() throws {
        let matrix = try RandomData.matrix(userCount: 40, itemCount: 25, density: 0.3, seed: 1)
        let model = try PureSVDModel.fit(matrix, parameters: .init(factors: 6, powerIterations: 100))
        let users = DenseReference.matrix(matrix.byUser, columnCount: 25)
        let gram = DenseNeighbourhood.product(DenseNeighbourhood.transposed(users), users)
        let eigen = try #require(LinearAlgebra.symmetricEigen(Array(gram.joined()), size: 25))
        let vectors = (19..<25).map { Array(eigen.vectors[$0 * 25..<($0 + 1) * 25]) }
        for user in 0..<40 {
            let scores = try model.scorer(for: matrix.byUser.entries(of: user)).scores()
            let coordinates = vectors.map { DenseReference.dot(users[user], $0) }
            for item in 0..<25 {
                let expected = zip(coordinates, vectors).reduce(0.0) { $0 + $1.0 * $1.1[item] }
                #expect(abs(Double(scores[item]) - expected) < 1e-3)
            }
        }
        for (found, square) in zip(model.singularValues, eigen.values.reversed()) {
            #expect(abs(Double(found) - square.squareRoot()) < 1e-3)
        }
    }

    @Test func `with all factors a history of the matrix is its own score`() throws {
        let matrix = try RandomData.matrix(userCount: 30, itemCount: 12, density: 0.4, seed: 2)
        let model = try PureSVDModel.fit(matrix, parameters: .init(factors: 12))
        let history = matrix.byUser.entries(of: 3)
        var expected = [Float](repeating: 0, count: 12)
        for entry in history { expected[entry.item] = entry.weight }
        let scores = try model.scorer(for: history).scores()
        for item in 0..<12 { #expect(abs(scores[item] - expected[item]) < 1e-3) }
    }

    @Test func `bad parameters are typed errors`() throws {
        let matrix = try RandomData.matrix(userCount: 5, itemCount: 5, density: 0.5, seed: 3)
        for parameters in [PureSVDModel.Parameters(factors: 0), .init(factors: 5000), .init(powerIterations: -1)] {
            #expect(throws: RecommenderError.self) { try PureSVDModel.fit(matrix, parameters: parameters) }
        }
    }
}
