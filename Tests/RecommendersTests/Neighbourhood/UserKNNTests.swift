import Testing

@testable import Recommenders

@Suite struct UserKNNTests {
    @Test(arguments: DenseNeighbourhood.similarities)
    func `scores equal the dense computation`(similarity: NeighbourSimilarity) throws {
        let matrix = try RandomData.matrix(userCount: 30, itemCount: 40, density: 0.2, seed: 1)
        // All of them: among equally similar users rounding may choose others.
        let parameters = NeighbourhoodParameters(
            neighbours: 30,
            similarity: similarity,
            shrinkage: 2,
            weighting: .bm25(saturation: 1.2, lengthNormalisation: 0.75)
        )
        let model = try UserKNNModel.fit(matrix, parameters: parameters)
        let users = DenseReference.matrix(matrix.byUser, columnCount: 40)
        let isOfSets = similarity == .jaccard || similarity == .logLikelihood
        let documents = DenseNeighbourhood.weighted(users, by: isOfSets ? .binary : parameters.weighting)
        let similarities = DenseNeighbourhood.similarities(documents, similarity, shrinkage: 2, limit: 30)
        let expected = DenseNeighbourhood.product(similarities, users)
        for user in 0..<30 {
            let scores = try model.scorer(ofUser: user, history: []).scores().map(Double.init)
            let difference = DenseNeighbourhood.difference([scores], [expected[user]])
            #expect(difference < 1e-4)
        }
    }

    @Test func `a user counts for those who are among its best`() throws {
        let matrix = try RandomData.matrix(userCount: 30, itemCount: 40, density: 0.2, seed: 2)
        let parameters = NeighbourhoodParameters(neighbours: 5, shrinkage: 1, weighting: .weighted)
        let model = try UserKNNModel.fit(matrix, parameters: parameters)
        let users = DenseReference.matrix(matrix.byUser, columnCount: 40)
        let similarities = DenseNeighbourhood.similarities(users, .cosine, shrinkage: 1, limit: 5)
        let expected = DenseNeighbourhood.product(similarities, users)
        let found = try (0..<30).map { try model.scorer(ofUser: $0, history: []).scores().map(Double.init) }
        let difference = DenseNeighbourhood.difference(found, expected)
        #expect(difference < 1e-4)
    }

    @Test(arguments: DenseNeighbourhood.similarities)
    func `a history scores like one more user of the matrix`(similarity: NeighbourSimilarity) throws {
        let matrix = try RandomData.matrix(userCount: 30, itemCount: 40, density: 0.2, seed: 3)
        let parameters = NeighbourhoodParameters(neighbours: 5, similarity: similarity, shrinkage: 1)
        let others = (0..<29).flatMap { user in
            matrix.byUser.entries(of: user).map { Interaction(user: user, item: $0.item, weight: $0.weight) }
        }
        let history = matrix.byUser.entries(of: 29)
        let model = try UserKNNModel.fit(
            InteractionMatrix(userCount: 29, itemCount: 40, interactions: others),
            parameters: parameters
        )
        let refit = try UserKNNModel.fit(matrix, parameters: parameters)
        let folded = try model.scorer(for: history).scores()
        let refitted = try refit.scorer(ofUser: 29, history: history).scores()
        #expect(folded == refitted)
        #expect(folded.contains { $0 > 0 })
    }

    @Test func `the parts of an explanation sum up to the score of a user of the matrix`() throws {
        let matrix = try RandomData.matrix(userCount: 30, itemCount: 40, density: 0.2, seed: 4)
        let model = try UserKNNModel.fit(matrix, parameters: NeighbourhoodParameters(neighbours: 8))
        let history = matrix.byUser.entries(of: 11)
        let scorer = try model.scorer(ofUser: 11, history: history)
        for (item, score) in scorer.scores().enumerated() {
            let parts = scorer.contributions(to: item)
            #expect(abs(parts.reduce(0) { $0 + $1.amount } - score) < 1e-4)
        }
    }

    @Test func `bad parameters and users are typed errors`() throws {
        let matrix = try RandomData.matrix(userCount: 5, itemCount: 5, density: 0.5, seed: 5)
        #expect(throws: RecommenderError.self) {
            try UserKNNModel.fit(matrix, parameters: NeighbourhoodParameters(neighbours: 0))
        }
        let model = try UserKNNModel.fit(matrix)
        #expect(throws: RecommenderError.self) { try model.scorer(ofUser: 5, history: []) }
        #expect(throws: RecommenderError.self) { try model.scorer(ofUser: 0, history: [WeightedItem(item: 5)]) }
    }
}
