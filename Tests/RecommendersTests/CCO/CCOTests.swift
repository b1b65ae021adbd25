import Testing

@testable import Recommenders

@Suite struct CCOTests {
    /// Values of Mahout's own tests.
    @Test(arguments: [
        (1, 0, 0, 1, 2.772589), (10, 0, 0, 10, 27.72589), (5, 1995, 0, 100_000, 39.33052),
        (1000, 1995, 1000, 100_000, 4730.737), (1000, 1000, 1000, 100_000, 5734.343),
        (1000, 1000, 1000, 99_000, 5714.932),
    ])
    func `the ratio is Mahout's`(both: Int, first: Int, second: Int, neither: Int, expected: Double) {
        let ratio = LogLikelihoodRatio(population: both + first + second + neither)
        let value = ratio(together: both, first: both + first, second: both + second)
        #expect(abs(value - expected) <= 1e-6 * expected)
    }

    @Test(arguments: [CCOParameters.Match.ratio, .one])
    func `indicators equal the dense computation`(match: CCOParameters.Match) throws {
        let bought = try RandomData.matrix(userCount: 50, itemCount: 15, density: 0.2, seed: 1)
        let viewed = try RandomData.matrix(userCount: 50, itemCount: 25, density: 0.3, seed: 2)
        let parameters = CCOParameters(indicators: 25, threshold: 0.5, match: match)
        let model = try CCOModel.fit(
            bought,
            secondary: [CCOBehaviour(name: "view", matrix: viewed, boost: 0.5)],
            parameters: parameters,
            context: FitContext(workers: .dispatch(count: 2))
        )
        let purchases = try #require(dense(of: bought, with: bought, isPrimary: true, parameters))
        let views = try #require(dense(of: bought, with: viewed, isPrimary: false, parameters))
        let history = [WeightedItem(item: 3), WeightedItem(item: 7, weight: 2)]
        let seen = [WeightedItem(item: 20), WeightedItem(item: 4)]
        let scorer = try model.scorer(for: history, secondary: ["view": seen])
        for (item, score) in scorer.scores().enumerated() {
            let expected =
                purchases[3][item] + 2 * purchases[7][item] + 0.5 * views[20][item] + 0.5 * views[4][item]
            #expect(abs(Double(score) - expected) < 1e-3)
            let parts = scorer.behaviourContributions(to: item)
            #expect(abs(parts.reduce(0) { $0 + $1.amount } - score) < 1e-3)
        }
        let alone = try model.scorer(for: history).scores()
        for item in 0..<15 {
            #expect(abs(Double(alone[item]) - purchases[3][item] - 2 * purchases[7][item]) < 1e-3)
        }
    }

    /// What each item of `other` adds to each primary item, no cut by number.
    private func dense(
        of primary: InteractionMatrix,
        with other: InteractionMatrix,
        isPrimary: Bool,
        _ parameters: CCOParameters
    ) -> [[Double]]? {
        let targets = DenseReference.matrix(primary.byItem, columnCount: primary.userCount)
        let sources = DenseReference.matrix(other.byItem, columnCount: primary.userCount)
        return sources.enumerated().map { source, left in
            targets.enumerated().map { target, right in
                let both = Double(zip(left, right).filter { $0 > 0 && $1 > 0 }.count)
                let (first, second) = (Double(left.filter { $0 > 0 }.count), Double(right.filter { $0 > 0 }.count))
                guard both > 0, !(isPrimary && source == target) else { return 0 }
                let ratio = DenseNeighbourhood.ratio([
                    [both, first - both], [second - both, Double(primary.userCount) - first - second + both],
                ])
                guard ratio > Double(parameters.threshold) else { return 0 }
                return parameters.match == .ratio ? ratio : 1
            }
        }
    }

    @Test func `only the best indicators above the threshold stay`() throws {
        let matrix = try RandomData.matrix(userCount: 50, itemCount: 15, density: 0.3, seed: 3)
        let all = try CCOModel.fit(matrix, parameters: CCOParameters(indicators: 99))
        let few = try CCOModel.fit(matrix, parameters: CCOParameters(indicators: 2, threshold: 0.3))
        for item in 0..<15 {
            let expected = all.primary.neighbours(of: item).filter { $0.score > 0.3 }.prefix(2)
            #expect(few.primary.neighbours(of: item) == Array(expected))
        }
    }

    @Test func `behaviours that make no sense are typed errors`() throws {
        let matrix = try RandomData.matrix(userCount: 10, itemCount: 6, density: 0.4, seed: 4)
        let fewer = try RandomData.matrix(userCount: 9, itemCount: 6, density: 0.4, seed: 5)
        for secondary in [
            [CCOBehaviour(name: "view", matrix: fewer)], [CCOBehaviour(name: "view", matrix: matrix, boost: -1)],
            [CCOBehaviour(name: "view", matrix: matrix, boost: .nan)],
            [CCOBehaviour(name: "view", matrix: matrix), CCOBehaviour(name: "view", matrix: matrix)],
        ] {
            #expect(throws: RecommenderError.self) { try CCOModel.fit(matrix, secondary: secondary) }
        }
        for parameters in [CCOParameters(indicators: 0), CCOParameters(threshold: -1), CCOParameters(threshold: .nan)] {
            #expect(throws: RecommenderError.self) { try CCOModel.fit(matrix, parameters: parameters) }
        }
        let model = try CCOModel.fit(matrix, secondary: [CCOBehaviour(name: "view", matrix: matrix)])
        #expect(throws: RecommenderError.self) { try model.scorer(for: [], secondary: ["buy": []]) }
        #expect(throws: RecommenderError.self) {
            try model.scorer(for: [], secondary: ["view": [WeightedItem(item: 6)]])
        }
    }
}
