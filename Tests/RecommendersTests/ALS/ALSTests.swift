import Testing

@testable import Recommenders

@Suite struct ALSTests {
    @Test(arguments: [1, 3, 8, 13, 20])
    func `the fit equals the dense computation`(factors: Int) throws {
        let matrix = try RandomData.matrix(userCount: 23, itemCount: 17, density: 0.25, seed: UInt64(factors))
        for confidence in [
            ALSParameters.Confidence.linear(alpha: 4), .logarithmic(alpha: 1.7, epsilon: 0.1),
        ] {
            let parameters = ALSParameters(
                factors: factors,
                iterations: 3,
                regularization: 0.5,
                confidence: confidence,
                solver: .cholesky
            )
            var start = FactorMatrix(rowCount: 17, width: factors)
            var random = RandomSource(seed: 5)
            for row in 0..<17 {
                for factor in 0..<factors { start.values[row * start.stride + factor] = random.uniform() }
            }
            var items = DenseReference.matrix(start)
            var users = items
            for _ in 0..<3 {
                let byUser = DenseReference.matrix(matrix.byUser, columnCount: 17)
                users = DenseReference.leastSquares(weights: byUser, given: items, parameters)
                let byItem = DenseReference.matrix(matrix.byItem, columnCount: 23)
                items = DenseReference.leastSquares(weights: byItem, given: users, parameters)
            }
            let model = try ALSModel.fit(matrix, parameters: parameters, startingFrom: start, context: FitContext())
            for item in 0..<17 {
                for (fast, dense) in zip(model.vector(of: item), items[item]) {
                    #expect(abs(Double(fast) - dense) < 2e-3)
                }
            }
        }
    }

    @Test func `folding in equals solving that user again`() throws {
        let matrix = try RandomData.matrix(userCount: 30, itemCount: 40, density: 0.2, seed: 1)
        let parameters = ALSParameters(factors: 12, iterations: 4, regularization: 1)
        let model = try ALSModel.fit(matrix, parameters: parameters)
        let users = DenseReference.leastSquares(
            weights: DenseReference.matrix(matrix.byUser, columnCount: 40),
            given: DenseReference.matrix(model.items),
            parameters
        )
        for user in 0..<30 {
            let folded = try model.foldIn(matrix.byUser.entries(of: user))
            for (fast, dense) in zip(folded, users[user]) { #expect(abs(Double(fast) - dense) < 1e-3) }
        }
    }

    @Test func `the parts of an explanation sum to the score`() throws {
        let matrix = try RandomData.matrix(userCount: 30, itemCount: 40, density: 0.2, seed: 2)
        let model = try ALSModel.fit(matrix, parameters: ALSParameters(factors: 9, iterations: 4))
        let history = matrix.byUser.entries(of: 7)
        let scorer = try model.scorer(for: history)
        let scores = scorer.scores()
        for item in 0..<40 {
            let parts = scorer.contributions(to: item)
            #expect(Set(parts.map(\.item)) == Set(history.map(\.item)))
            #expect(abs(parts.reduce(0) { $0 + $1.amount } - scores[item]) < 1e-3)
            #expect(zip(parts, parts.dropFirst()).allSatisfy { $0.amount >= $1.amount })
        }
    }

    @Test func `renaming users and items renames the result`() throws {
        let matrix = try RandomData.matrix(userCount: 20, itemCount: 25, density: 0.3, seed: 3)
        var random = RandomSource(seed: 9)
        let userNames = Array(0..<20).shuffled(using: &random)
        let itemNames = Array(0..<25).shuffled(using: &random)
        var renamed: [Interaction] = []
        for user in 0..<20 {
            for entry in matrix.byUser.entries(of: user) {
                renamed.append(
                    Interaction(user: userNames[user], item: itemNames[entry.item], weight: entry.weight)
                )
            }
        }
        let other = try InteractionMatrix(userCount: 20, itemCount: 25, interactions: renamed.shuffled(using: &random))
        let parameters = ALSParameters(factors: 8, iterations: 5, regularization: 2)
        var start = FactorMatrix(rowCount: 25, width: 8)
        var otherStart = start
        for item in 0..<25 {
            for factor in 0..<8 {
                start.values[item * 8 + factor] = random.uniform()
                otherStart.values[itemNames[item] * 8 + factor] = start.values[item * 8 + factor]
            }
        }
        let model = try ALSModel.fit(matrix, parameters: parameters, startingFrom: start, context: FitContext())
        let otherModel = try ALSModel.fit(
            other,
            parameters: parameters,
            startingFrom: otherStart,
            context: FitContext()
        )
        for item in 0..<25 {
            for (left, right) in zip(model.vector(of: item), otherModel.vector(of: itemNames[item])) {
                #expect(abs(left - right) < 1e-3)
            }
        }
    }

    @Test func `seed and data alone decide the model, whatever the threads`() throws {
        let matrix = try RandomData.matrix(userCount: 300, itemCount: 200, density: 0.05, seed: 4)
        let parameters = ALSParameters(factors: 10, iterations: 3)
        let serial = try ALSModel.fit(matrix, parameters: parameters, context: FitContext(seed: 7))
        let parallel = try ALSModel.fit(
            matrix,
            parameters: parameters,
            context: FitContext(seed: 7, workers: .dispatch(count: 3))
        )
        #expect(serial == parallel)
        let otherSeed = try ALSModel.fit(matrix, parameters: parameters, context: FitContext(seed: 8))
        #expect(serial != otherSeed)
    }

    @Test func `the order of a history has no effect and repeated items add up`() throws {
        let matrix = try RandomData.matrix(userCount: 30, itemCount: 40, density: 0.2, seed: 5)
        let model = try ALSModel.fit(matrix, parameters: ALSParameters(factors: 6, iterations: 2))
        let history = [WeightedItem(item: 3, weight: 2), WeightedItem(item: 9, weight: 1)]
        let shuffled = [
            WeightedItem(item: 9, weight: 1), WeightedItem(item: 3, weight: 0.5), WeightedItem(item: 3, weight: 1.5),
        ]
        #expect(try model.foldIn(history) == model.foldIn(shuffled))
    }

    @Test func `an empty history scores nothing, and bad ones are typed errors`() throws {
        let matrix = try RandomData.matrix(userCount: 10, itemCount: 12, density: 0.4, seed: 6)
        let model = try ALSModel.fit(matrix, parameters: ALSParameters(factors: 4, iterations: 2))
        #expect(try model.recommend(for: [], limit: 5).isEmpty)
        #expect(throws: RecommenderError.self) { try model.foldIn([WeightedItem(item: 12)]) }
        #expect(throws: RecommenderError.self) { try model.foldIn([WeightedItem(item: 0, weight: .nan)]) }
        #expect(throws: RecommenderError.self) { try model.explain(12, for: []) }
        for parameters in [
            ALSParameters(factors: 0), ALSParameters(iterations: 0), ALSParameters(regularization: 0),
            ALSParameters(confidence: .linear(alpha: .nan)),
        ] {
            #expect(throws: RecommenderError.self) { try ALSModel.fit(matrix, parameters: parameters) }
        }
    }

    @Test func `a fit can be cancelled and tells its progress`() throws {
        let matrix = try RandomData.matrix(userCount: 10, itemCount: 12, density: 0.4, seed: 6)
        let error = #expect(throws: RecommenderError.self) {
            try ALSModel.fit(matrix, context: FitContext(isCancelled: { true }))
        }
        #expect(error?.code == .cancelled)
    }

    @Test func `huge and tiny weights never make a number that is not one`() throws {
        let matrix = try InteractionMatrix(
            userCount: 3,
            itemCount: 3,
            interactions: [
                Interaction(user: 0, item: 0, weight: 1e12), Interaction(user: 1, item: 1, weight: 1e-30),
                Interaction(user: 2, item: 1, weight: 1), Interaction(user: 2, item: 2, weight: 1),
            ]
        )
        let parameters = ALSParameters(factors: 16, iterations: 20, regularization: 1e-6)
        let model = try ALSModel.fit(matrix, parameters: parameters)
        let scores = try model.scorer(for: [WeightedItem(item: 0, weight: 1e12), WeightedItem(item: 2)]).scores()
        #expect(scores.allSatisfy { $0.isFinite })
    }
}
