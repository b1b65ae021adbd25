import Testing

@testable import Recommenders

@Suite struct ItemKNNTests {
    static let weightings: [InteractionWeighting] = [
        .binary, .weighted, .tfIDF, .bm25(saturation: 1.2, lengthNormalisation: 0.75),
    ]

    @Test(arguments: DenseNeighbourhood.similarities, weightings)
    func `weights equal the dense computation`(
        similarity: NeighbourSimilarity,
        weighting: InteractionWeighting
    ) throws {
        let matrix = try RandomData.matrix(userCount: 40, itemCount: 30, density: 0.15, seed: 1)
        let parameters = NeighbourhoodParameters(
            neighbours: 7,
            similarity: similarity,
            shrinkage: 2,
            weighting: weighting
        )
        let model = try ItemKNNModel.fit(
            matrix,
            parameters: parameters,
            context: FitContext(workers: .dispatch(count: 2))
        )
        let items = DenseReference.matrix(matrix.byItem, columnCount: 40)
        let isOfSets = similarity == .jaccard || similarity == .logLikelihood
        let documents = DenseNeighbourhood.weighted(items, by: isOfSets ? .binary : weighting)
        let expected = DenseNeighbourhood.similarities(documents, similarity, shrinkage: 2, limit: 7)
        let found = DenseNeighbourhood.dense(model.weights)
        // Sets make ties, and rounding may order those otherwise: then the sums of the columns still agree.
        let (left, right) = weighting == .weighted && !isOfSets ? (found, expected) : (sums(found), sums(expected))
        let difference = DenseNeighbourhood.difference(left, right)
        #expect(difference < 1e-5)
        let history = matrix.byUser.entries(of: 3)
        let scores = try model.scorer(for: history).scores()
        for target in 0..<30 {
            let dense = history.reduce(0.0) { $0 + Double($1.weight) * found[$1.item][target] }
            #expect(abs(Double(scores[target]) - dense) < 1e-5)
        }
    }

    private func sums(_ matrix: [[Double]]) -> [[Double]] {
        [DenseNeighbourhood.transposed(matrix).map { $0.reduce(0, +) }]
    }

    @Test func `items bought by the same people are neighbours, ties by index`() throws {
        var interactions: [Interaction] = []
        for user in 0..<6 {
            for item in 0..<3 { interactions.append(Interaction(user: user, item: user < 3 ? item : item + 3)) }
        }
        let matrix = try InteractionMatrix(userCount: 6, itemCount: 6, interactions: interactions)
        let model = try ItemKNNModel.fit(matrix, parameters: NeighbourhoodParameters(neighbours: 10))
        #expect(model.neighbours(of: 1).map(\.item) == [0, 2])
        #expect(model.neighbours(of: 5).map(\.item) == [3, 4])
        #expect(try model.recommend(for: [WeightedItem(item: 3)], limit: 9, excluding: ItemSet([4])).map(\.item) == [5])
        #expect(model.neighbours(of: 6).isEmpty)
        let cut = try ItemKNNModel.fit(matrix, parameters: NeighbourhoodParameters(neighbours: 1))
        #expect(cut.neighbours(of: 2).map(\.item) == [0])
    }

    @Test(arguments: DenseNeighbourhood.similarities)
    func `one more user with both items brings them closer`(similarity: NeighbourSimilarity) throws {
        var interactions = [
            Interaction(user: 0, item: 0), Interaction(user: 1, item: 1), Interaction(user: 2, item: 2),
        ]
        var last: Float = 0
        for user in 3..<12 {
            interactions += [Interaction(user: user, item: 0), Interaction(user: user, item: 1)]
            let matrix = try InteractionMatrix(userCount: 30, itemCount: 3, interactions: interactions)
            let parameters = NeighbourhoodParameters(similarity: similarity, shrinkage: 1)
            let now = try ItemKNNModel.fit(matrix, parameters: parameters).weights.weight(from: 0, to: 1)
            #expect(now > last)
            last = now
        }
    }

    @Test func `a longer history lowers no score`() throws {
        let matrix = try RandomData.matrix(userCount: 40, itemCount: 30, density: 0.15, seed: 2)
        let model = try ItemKNNModel.fit(matrix)
        let short = try model.scorer(for: [WeightedItem(item: 4)]).scores()
        let long = try model.scorer(for: [WeightedItem(item: 4), WeightedItem(item: 9)]).scores()
        let isMonotone = zip(short, long).allSatisfy { $0 <= $1 }
        #expect(isMonotone)
    }

    @Test func `bad parameters are typed errors`() throws {
        let matrix = try RandomData.matrix(userCount: 5, itemCount: 5, density: 0.5, seed: 3)
        for parameters in [
            NeighbourhoodParameters(neighbours: 0), NeighbourhoodParameters(shrinkage: -1),
            NeighbourhoodParameters(shrinkage: .nan),
            NeighbourhoodParameters(similarity: .asymmetricCosine(alpha: 1.5)),
            NeighbourhoodParameters(weighting: .bm25(saturation: 0, lengthNormalisation: 0.5)),
            NeighbourhoodParameters(weighting: .bm25(saturation: 1, lengthNormalisation: .nan)),
        ] {
            #expect(throws: RecommenderError.self) { try ItemKNNModel.fit(matrix, parameters: parameters) }
        }
    }

    @Test(arguments: DenseNeighbourhood.similarities, weightings)
    func `an artefact keeps similarity and weighting`(
        similarity: NeighbourSimilarity,
        weighting: InteractionWeighting
    ) throws {
        let matrix = try RandomData.matrix(userCount: 12, itemCount: 9, density: 0.4, seed: 4)
        let parameters = NeighbourhoodParameters(neighbours: 3, similarity: similarity, weighting: weighting)
        let model = try ItemKNNModel.fit(matrix, parameters: parameters)
        #expect(try ItemKNNModel(decodingSection: model.encodedSection()) == model)
    }

    @Test func `something everybody has correlates with nothing`() throws {
        let interactions = (0..<999).flatMap { user in
            [Interaction(user: user, item: 0), Interaction(user: user, item: 1 + user % 7)]
        }
        let matrix = try InteractionMatrix(userCount: 999, itemCount: 8, interactions: interactions)
        let parameters = NeighbourhoodParameters(similarity: .pearson, shrinkage: 0)
        let model = try ItemKNNModel.fit(matrix, parameters: parameters)
        let largest = (1..<8).map { abs(model.weights.weight(from: 0, to: $0)) }.max() ?? 1
        #expect(largest < 1e-3)
    }
}
