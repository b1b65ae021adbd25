import Testing

@testable import Recommenders

@Suite struct EASETests {
    @Test func `weights equal those of an inverse by elimination`() throws {
        let known = try RandomData.matrix(userCount: 40, itemCount: 25, density: 0.2, seed: 1)
        // Two items without interactions in between.
        let interactions = (0..<40).flatMap { user in
            known.byUser.entries(of: user).map {
                Interaction(user: user, item: $0.item < 10 ? $0.item : $0.item + 2, weight: $0.weight)
            }
        }
        let matrix = try InteractionMatrix(userCount: 40, itemCount: 27, interactions: interactions)
        let model = try EASEModel.fit(matrix, parameters: .init(regularization: 7))
        let users = DenseReference.matrix(matrix.byUser, columnCount: 27)
        var gram = DenseNeighbourhood.product(DenseNeighbourhood.transposed(users), users)
        for item in 0..<27 { gram[item][item] += 7 }
        let inverse = (0..<27).map { column in
            DenseReference.solve(gram, (0..<27).map { $0 == column ? 1 : 0 })
        }
        for source in 0..<27 {
            for target in 0..<27 {
                let expected = source == target ? 0 : -inverse[source][target] / inverse[target][target]
                #expect(abs(Double(model.weight(from: source, to: target)) - expected) < 1e-5)
            }
        }
        let history = matrix.byUser.entries(of: 5)
        let scores = try model.scorer(for: history).scores()
        for target in 0..<27 {
            let expected = history.reduce(Float.zero) { $0 + $1.weight * model.weight(from: $1.item, to: target) }
            #expect(abs(scores[target] - expected) < 1e-4)
        }
        #expect(scores[10] == 0)
        #expect(scores[11] == 0)
    }

    @Test func `too many items for the memory are refused`() throws {
        let matrix = try RandomData.matrix(userCount: 20, itemCount: 30, density: 0.5, seed: 2)
        let needed = 30 * 30 * 12
        let error = #expect(throws: RecommenderError.self) {
            try EASEModel.fit(matrix, parameters: .init(memoryLimit: needed - 1))
        }
        #expect(error?.code == .invalidParameter)
        #expect(try EASEModel.fit(matrix, parameters: .init(memoryLimit: needed)).itemCount == 30)
    }

    @Test func `bad parameters are typed errors`() throws {
        let matrix = try RandomData.matrix(userCount: 5, itemCount: 5, density: 0.5, seed: 3)
        for regularization in [0, -1, .nan, .infinity] {
            #expect(throws: RecommenderError.self) {
                try EASEModel.fit(matrix, parameters: .init(regularization: regularization))
            }
        }
        // Items that are the same to every user: rounding swallows a tiny diagonal.
        let interactions = (0..<3).flatMap { user in
            (0..<3).map { Interaction(user: user, item: $0, weight: 1e9 / Float(user + 3)) }
        }
        let degenerate = try InteractionMatrix(userCount: 3, itemCount: 3, interactions: interactions)
        #expect(throws: RecommenderError.self) {
            try EASEModel.fit(degenerate, parameters: .init(regularization: 1e-9))
        }
    }
}
