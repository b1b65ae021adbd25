import Testing

@testable import Recommenders

@Suite struct Item2VecTests {
    /// Forty items in four groups; a session stays within one group.
    private let log: SessionLog

    init() throws {
        var random = RandomSource(seed: 61)
        log = try SessionLog(
            itemCount: 42,
            sessions: (0..<300).map { session in
                (0..<6).map { click in
                    let item = session % 4 + 4 * Int(random.next() % 10)
                    return SessionLog.Click(item: item, seconds: Double(click))
                }
            } + [[.init(item: 40, seconds: 0)]]
        )
    }

    @Test func `planted clusters are found`() throws {
        let model = try Item2VecModel.fit(log, parameters: Item2VecParameters(dimension: 12))
        for item in 0..<40 {
            let neighbours = try model.neighbours(of: item, limit: 9)
            #expect(neighbours.count == 9)
            #expect(neighbours.allSatisfy { $0.item % 4 == item % 4 && $0.item != item && $0.score <= 1.0001 })
        }
        let next = try model.recommend(after: [1, 5, 9], limit: 7, excluding: ItemSet([1, 5, 9]))
        #expect(next.allSatisfy { $0.item % 4 == 1 })
        // The last clicks count most.
        #expect(try model.recommend(after: [0, 4, 2, 6, 10], limit: 3).allSatisfy { $0.item % 4 == 2 })
    }

    @Test func `a score is the cosine to the decayed sum of the items' unit vectors`() throws {
        let parameters = Item2VecParameters(dimension: 5, epochs: 2, lastClicks: 3, clickDecay: 0.5)
        let model = try Item2VecModel.fit(log, parameters: parameters)
        let vectors = try (0..<40).map { try #require(model.vector(of: $0)).map(Double.init) }
        var sum = [Double](repeating: 0, count: 5)
        for (item, weight) in [(7, 1.0), (3, 0.5), (8, 0.25)] {
            for component in 0..<5 { sum[component] += weight * vectors[item][component] }
        }
        let length = DenseReference.dot(sum, sum).squareRoot()
        let list = try model.recommend(after: [20, 8, 3, 7], limit: 100).scoresByItem
        #expect(list.count == 40)
        for item in 0..<40 {
            #expect(abs(Double(list[item] ?? .nan) - DenseReference.dot(vectors[item], sum) / length) < 1e-5)
        }
    }

    @Test func `a step goes along the gradient of the log-likelihood`() throws {
        // With one other item to draw, the positive one, there is no negative sample: a step must raise the product.
        var random = RandomSource(seed: 62)
        var vectors = SkipGram(itemCount: 2, dimension: 3, random: &random)
        let only = AliasTable(weights: [1e-30, 1])
        let before = vectors.vector(of: 0, dimension: 3)
        vectors.learn(0, near: 1, against: only, count: 2, rate: 0.5, &random)
        // Outputs begin at zero: the input stays, the output becomes rate · (1 − ½) · input.
        #expect(vectors.vector(of: 0, dimension: 3) == before)
        vectors.learn(0, near: 1, against: only, count: 2, rate: 0.5, &random)
        let after = vectors.vector(of: 0, dimension: 3)
        for (old, new) in zip(before, after) {
            let product = before.reduce(0) { $0 + 0.25 * $1 * $1 }
            let probability = 1 / (1 + Float.exp(-product))
            #expect(abs(new - (old + 0.5 * (1 - probability) * 0.25 * old)) < 1e-6)
        }
    }

    @Test func `numbers are drawn by their weights`() {
        let table = AliasTable(weights: [1, 2, 3, 0.5, 3.5])
        var random = RandomSource(seed: 63)
        var counts = [Int](repeating: 0, count: 5)
        for _ in 0..<20_000 { counts[table.draw(&random)] += 1 }
        for (count, share) in zip(counts, [0.1, 0.2, 0.3, 0.05, 0.35]) {
            #expect(abs(Double(count) / 20_000 - share) < 0.015)
        }
    }

    @Test func `items that are never beside another one have no vector and do not count`() throws {
        let model = try Item2VecModel.fit(log, parameters: Item2VecParameters(dimension: 4, epochs: 1))
        #expect(model.vector(of: 40) == nil && model.vector(of: 41) == nil && model.vector(of: -1) == nil)
        #expect(try model.recommend(after: [40], limit: 5).isEmpty)
        #expect(try model.neighbours(of: 41, limit: 5).isEmpty)
        expect(.indexOutOfRange) { _ = try model.neighbours(of: 42, limit: 5) }
    }

    @Test func `another seed gives other vectors, the same one the same`() throws {
        let parameters = Item2VecParameters(dimension: 4, epochs: 1, subsampling: 0.01)
        let fits = try [1, 1, 2].map { seed in
            try Item2VecModel.fit(log, parameters: parameters, context: FitContext(seed: seed)).vector(of: 3)
        }
        #expect(fits[0] == fits[1])
        #expect(fits[0] != fits[2])
    }

    @Test func `parameters outside their range are refused`() {
        for parameters in [
            Item2VecParameters(dimension: 0), Item2VecParameters(window: 0), Item2VecParameters(negatives: 0),
            Item2VecParameters(negativeExponent: .nan), Item2VecParameters(epochs: 0),
            Item2VecParameters(learningRate: .nan), Item2VecParameters(learningRate: 2),
            Item2VecParameters(subsampling: 0), Item2VecParameters(lastClicks: 0), Item2VecParameters(clickDecay: -1),
        ] {
            expect(.invalidParameter) { _ = try Item2VecModel.fit(log, parameters: parameters) }
        }
    }
}

extension Float {
    fileprivate static func exp(_ value: Float) -> Float {
        // The series: arguments here are tiny.
        1 + value * (1 + value / 2 * (1 + value / 3))
    }
}
