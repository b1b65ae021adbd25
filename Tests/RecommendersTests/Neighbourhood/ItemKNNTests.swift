import Testing

@testable import Recommenders

@Suite struct ItemKNNTests {
    @Test(arguments: [InteractionWeighting.binary, .weighted])
    func `similarities equal the dense computation`(weighting: InteractionWeighting) throws {
        let matrix = try RandomData.matrix(userCount: 40, itemCount: 30, density: 0.15, seed: 1)
        let parameters = ItemKNNParameters(neighbours: 7, shrinkage: 2, weighting: weighting)
        let model = try ItemKNNModel.fit(
            matrix,
            parameters: parameters,
            context: FitContext(workers: .dispatch(count: 2))
        )
        var columns = DenseReference.matrix(matrix.byItem, columnCount: 40)
        if weighting == .binary { columns = columns.map { $0.map { $0 > 0 ? 1 : 0 } } }
        let norms = columns.map { DenseReference.dot($0, $0).squareRoot() }
        for item in 0..<30 {
            let expected = (0..<30).filter { $0 != item }.map { other in
                let product = DenseReference.dot(columns[item], columns[other])
                return (item: other, score: product / (norms[item] * norms[other] + 2 + 1e-6))
            }.filter { $0.score > 0 }.sorted { $0.score > $1.score }.prefix(7)
            let found = model.neighbours(of: item)
            #expect(found.count == expected.count)
            for (fast, dense) in zip(found, expected) { #expect(abs(Double(fast.score) - dense.score) < 1e-5) }
        }
    }

    @Test func `a score is the sum of its contributions, over neighbours only`() throws {
        let matrix = try RandomData.matrix(userCount: 40, itemCount: 30, density: 0.15, seed: 2)
        let model = try ItemKNNModel.fit(matrix, parameters: ItemKNNParameters(neighbours: 5))
        let history = [
            WeightedItem(item: 4, weight: 1), WeightedItem(item: 11, weight: 0.5), WeightedItem(item: 20, weight: 2),
        ]
        let scorer = try model.scorer(for: history)
        for (item, score) in scorer.scores().enumerated() {
            let parts = scorer.contributions(to: item)
            #expect(abs(parts.reduce(0) { $0 + $1.amount } - score) < 1e-5)
        }
    }

    @Test func `items bought by the same people are neighbours, ties by index`() throws {
        var interactions: [Interaction] = []
        for user in 0..<6 {
            for item in 0..<3 { interactions.append(Interaction(user: user, item: user < 3 ? item : item + 3)) }
        }
        let matrix = try InteractionMatrix(userCount: 6, itemCount: 6, interactions: interactions)
        let model = try ItemKNNModel.fit(matrix, parameters: ItemKNNParameters(neighbours: 10))
        #expect(model.neighbours(of: 1).map(\.item) == [0, 2])
        #expect(model.neighbours(of: 5).map(\.item) == [3, 4])
        #expect(try model.recommend(for: [WeightedItem(item: 3)], limit: 9, excluding: ItemSet([4])).map(\.item) == [5])
        #expect(model.neighbours(of: 6).isEmpty)
    }

    @Test func `bad parameters are typed errors`() throws {
        let matrix = try RandomData.matrix(userCount: 5, itemCount: 5, density: 0.5, seed: 3)
        for parameters in [ItemKNNParameters(neighbours: 0), ItemKNNParameters(shrinkage: -1)] {
            #expect(throws: RecommenderError.self) { try ItemKNNModel.fit(matrix, parameters: parameters) }
        }
    }
}
