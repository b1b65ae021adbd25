import Testing

@testable import Recommenders

@Suite struct QuantizedItemsTests {
    @Test(arguments: [1, 5, 31, 32, 33, 1000], [1, 7, 16, 40])
    func `the best of the bytes are the best of all scores`(itemCount: Int, width: Int) {
        var items = FactorMatrix(rowCount: itemCount, width: width)
        items.fillNormally(deviation: 1, seed: UInt64(itemCount))
        var random = RandomSource(seed: 2)
        for item in 0..<itemCount {
            // Lengths over several orders of magnitude, some the same vector, some zero.
            let factor: Float = item % 11 == 0 ? 0 : 1 / (0.01 + random.uniform())
            for component in 0..<width {
                let source = item % 7 == 0 ? 0 : item
                items.values[item * items.stride + component] =
                    item % 7 == 0 && item > 0
                    ? items.values[source * items.stride + component]
                    : items.values[source * items.stride + component] * factor
            }
        }
        let quantized = QuantizedItems(items)
        let excluded = ItemSet((0..<itemCount).filter { $0 % 5 == 3 })
        for seed in 0..<5 {
            var query = FactorMatrix(rowCount: 1, width: width)
            query.fillNormally(deviation: 3, seed: UInt64(seed))
            for limit in [0, 1, 10, 100, 2000] {
                let expected = TopItems.select(
                    from: items.product(with: query.values),
                    limit: limit,
                    excluding: excluded
                )
                #expect(quantized.top(limit, of: items, for: query.values, excluding: excluded) == expected)
            }
        }
    }

    @Test func `a scorer's best are those of its scores`() throws {
        let matrix = try RandomData.matrix(userCount: 60, itemCount: 300, density: 0.05, seed: 8)
        let model = try ALSModel.fit(matrix, parameters: ALSParameters(factors: 12, iterations: 3, regularization: 1))
        for user in 0..<60 {
            let history = matrix.byUser.entries(of: user)
            let scorer = try model.scorer(for: history)
            let seen = ItemSet(history.map(\.item))
            let expected = TopItems.select(from: scorer.scores(), limit: 20, excluding: seen)
            #expect(scorer.top(20, excluding: seen) == expected)
        }
    }
}
