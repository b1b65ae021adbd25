import Testing

@testable import Recommenders

@Suite struct RerankingTests {
    private func candidates(_ scores: [Float], items: [Int]? = nil) -> [Candidate] {
        zip(items ?? Array(scores.indices), scores).map { item, score in
            Candidate(item: item, score: score, sources: [.init(source: .als, amount: score)])
        }
    }

    private func random(_ count: Int, seed: UInt64) -> [Candidate] {
        var random = RandomSource(seed: seed)
        let scores = (0..<count).map { _ in random.uniform() }.sorted(by: >)
        return candidates(scores, items: Array(0..<count).shuffled(using: &random))
    }

    // MARK: Maximal marginal relevance

    @Test(arguments: 0..<10)
    func `marginal relevance is that of the definition, in Double`(seed: Int) throws {
        let list = random(30, seed: UInt64(seed))
        let vectors = try VectorData.skewed(count: 30, dimension: 4, seed: UInt64(seed + 100))
        let lambda = 0.6
        let result = try MaximalMarginalRelevance(lambda: Float(lambda), depth: 12, similarity: .vectors(vectors))
            .rerank(list)
        let cosines = (0..<30).map { VectorData.scores(of: vectors[$0], vectors, .cosine).map { max(0, $0) } }
        let (best, worst) = (Double(list[0].score), Double(list[29].score))
        var chosen: [Candidate] = []
        for _ in 0..<12 {
            var next: (candidate: Candidate, value: Double)?
            for candidate in list where !chosen.contains(candidate) {
                let nearest = chosen.map { cosines[candidate.item][$0.item] }.max() ?? 0
                let relevance = (Double(candidate.score) - worst) / (best - worst)
                let value = lambda * relevance - (1 - lambda) * nearest
                if value > next?.value ?? -1 { next = (candidate, value) }
            }
            chosen.append(try #require(next).candidate)
        }
        #expect(Array(result.prefix(12)) == chosen)
        #expect(Array(result.dropFirst(12)) == list.filter { !chosen.contains($0) })
    }

    @Test func `with lambda one, or with nothing alike, the order stays`() throws {
        let list = random(20, seed: 1)
        let vectors = try VectorData.skewed(count: 20, dimension: 4, seed: 2)
        #expect(try MaximalMarginalRelevance(lambda: 1, similarity: .vectors(vectors)).rerank(list) == list)
        #expect(try MaximalMarginalRelevance(lambda: 0.5, similarity: .categories([])).rerank(list) == list)
        #expect(try MaximalMarginalRelevance(similarity: .categories([])).rerank([]).isEmpty)
    }

    @Test func `a twin comes behind another category`() throws {
        let list = candidates([1, 0.9, 0.8, 0.1])
        let step = try MaximalMarginalRelevance(lambda: 0.5, similarity: .categories([[1], [1], [2], [3]]))
        #expect(step.rerank(list).map(\.item) == [0, 2, 3, 1])
    }

    // MARK: Caps

    @Test(arguments: 0..<10)
    func `no category is above its cap, and nothing is lost`(seed: Int) throws {
        let list = random(40, seed: UInt64(seed))
        var source = RandomSource(seed: UInt64(seed + 50))
        let categories = (0..<40).map { _ in
            Set((0..<Int(source.next() % 4)).map { _ in Int(source.next() % 6) })
        }
        let result = try CategoryCap(categories: categories, limit: 2, depth: 10, fillsUp: false).rerank(list)
        for category in 0..<6 {
            #expect(result.prefix(10).count { categories[$0.item].contains(category) } <= 2)
        }
        let filled = try CategoryCap(categories: categories, limit: 2, depth: 10).rerank(list)
        #expect(Set(filled) == Set(list) && filled.count == list.count)
        #expect(try CategoryCap(categories: categories, limit: 40, depth: 40).rerank(list) == list)
    }

    @Test func `what is too many waits in its order`() throws {
        let categories: [Set<Int>] = [[1], [1], [1], [2], [1]]
        let list = candidates([5, 4, 3, 2, 1])
        #expect(
            try CategoryCap(categories: categories, limit: 1, depth: 2).rerank(list).map(\.item) == [0, 3, 1, 2, 4]
        )
        let strict = try CategoryCap(categories: categories, limit: 1, depth: 3, fillsUp: false)
        #expect(strict.rerank(list).map(\.item) == [0, 3])
    }

    // MARK: Scores

    @Test func `adjusted scores are those of the formulas`() throws {
        let list = candidates([8, 4, 2, -1])
        let popular = try PopularityCorrection(popularity: [100, 4, 0], exponent: 0.5).rerank(list)
        #expect(popular.map(\.item) == [1, 2, 0, 3])
        #expect(zip(popular.map(\.score), [2, 2, 0.8, -1]).allSatisfy { abs($0 - $1) < 1e-5 })
        #expect(abs((popular.first?.sources.first?.amount ?? 0) - 2) < 1e-5)
        let recent = try RecencyBoost(ages: [20, 0, 10], halfLife: 10, weight: 2).rerank(list)
        #expect(recent.map(\.item) == [0, 1, 2, 3])
        #expect(zip(recent.map(\.score), [12, 12, 4, -1]).allSatisfy { abs($0 - $1) < 1e-5 })
        let tired = try ImpressionFatigue(shown: [0: 3, 3: 1], decay: 0.5).rerank(list)
        #expect(tired.map(\.item) == [1, 2, 0, 3])
        #expect(tired.map(\.score) == [4, 2, 1, -2])
    }

    @Test func `with parameters that say nothing, nothing changes`() throws {
        let list = random(25, seed: 3)
        let steps: [any Reranker] = [
            try PopularityCorrection(popularity: (0..<25).map { Float($0) }, exponent: 0),
            try RecencyBoost(ages: [Float](repeating: 3, count: 25), halfLife: 1, weight: 0),
            try ImpressionFatigue(shown: [1: 4], decay: 1), try SeededRotation(seed: 1, temperature: 0),
        ]
        for step in steps { #expect(step.rerank(list) == list) }
    }

    @Test func `showing an item more often never lifts it`() throws {
        let list = random(25, seed: 4)
        for candidate in list {
            let places = try (0..<5).map { shown in
                try ImpressionFatigue(shown: [candidate.item: shown]).rerank(list)
                    .firstIndex { $0.item == candidate.item } ?? 0
            }
            #expect(places == places.sorted())
        }
    }

    // MARK: Rotation

    @Test func `rotation depends on the seed, and not on who else is there`() throws {
        let list = random(30, seed: 5)
        let step = try SeededRotation(seed: 9, temperature: 0.5)
        let order = step.rerank(list)
        #expect(order == step.rerank(list))
        #expect(try order != SeededRotation(seed: 10, temperature: 0.5).rerank(list))
        #expect(Set(order) == Set(list))
        #expect(step.rerank(list.filter { $0.item % 2 == 0 }) == order.filter { $0.item % 2 == 0 })
    }

    @Test func `with temperature one first places are drawn in proportion to scores`() throws {
        let list = candidates([5, 3, 2, -1])
        var first = [Double](repeating: 0, count: 4)
        for seed in 0..<4000 {
            let order = try SeededRotation(seed: UInt64(seed), temperature: 1).rerank(list)
            first[order[0].item] += 1.0 / 4000
        }
        #expect(zip(first, [0.5, 0.3, 0.2, 0]).allSatisfy { abs($0 - $1) < 0.03 })
    }

    // MARK: Together

    @Test func `steps follow one another, and then the list is cut`() throws {
        let reranking = Reranking([
            try ImpressionFatigue(shown: [1: 9]),
            try CategoryCap(categories: [[], [], [], [1], [1]], limit: 1, depth: 2),
        ])
        let list = try reranking(candidates([6, 5, 4, 3, 2, 1]).filter { ![0, 2].contains($0.item) }, limit: 2)
        #expect(list.map(\.item) == [3, 5])
    }

    @Test func `bad input is refused`() throws {
        #expect(throws: RecommenderError.self) { try Reranking()(candidates([1, .nan]), limit: 2) }
        #expect(throws: RecommenderError.self) { try Reranking()([], limit: -1) }
        #expect(throws: RecommenderError.self) { try Reranking()(candidates([1], items: [-1]), limit: 1) }
        #expect(throws: RecommenderError.self) {
            try MaximalMarginalRelevance(lambda: .nan, similarity: .categories([]))
        }
        #expect(throws: RecommenderError.self) {
            try MaximalMarginalRelevance(depth: -1, similarity: .categories([]))
        }
        #expect(throws: RecommenderError.self) { try CategoryCap(categories: [], limit: -1, depth: 1) }
        for popularity: [Float] in [[-1], [.nan], [.infinity]] {
            #expect(throws: RecommenderError.self) { try PopularityCorrection(popularity: popularity, exponent: 1) }
        }
        for exponent: Float in [-1, .nan, .infinity] {
            #expect(throws: RecommenderError.self) { try PopularityCorrection(popularity: [], exponent: exponent) }
        }
        #expect(throws: RecommenderError.self) { try RecencyBoost(ages: [.nan], halfLife: 1) }
        #expect(throws: RecommenderError.self) { try RecencyBoost(ages: [], halfLife: 0) }
        #expect(throws: RecommenderError.self) { try RecencyBoost(ages: [], halfLife: 1, weight: -1) }
        #expect(throws: RecommenderError.self) { try ImpressionFatigue(shown: [1: -1]) }
        #expect(throws: RecommenderError.self) { try ImpressionFatigue(shown: [:], decay: 0) }
        #expect(throws: RecommenderError.self) { try SeededRotation(seed: 1, temperature: .nan) }
    }

    @Test func `extreme numbers stay finite`() throws {
        let list = candidates([.greatestFiniteMagnitude, 1, 0, -1, -.greatestFiniteMagnitude])
        let steps: [any Reranker] = [
            try PopularityCorrection(popularity: [1, 1e30, 1e30, 1e30, 1e30], exponent: 30),
            try RecencyBoost(ages: [0, 0, 0, 0, -1e30], halfLife: 1e-30, weight: 1e30),
            try ImpressionFatigue(shown: [0: .max, 3: .max, 4: 1000], decay: 0.1),
            try MaximalMarginalRelevance(similarity: .categories([[1], [1], [1], [1], [1]])),
            try SeededRotation(seed: 3, temperature: 1e30),
        ]
        let result = try Reranking(steps)(list, limit: 5)
        #expect(result.count == 5 && result.allSatisfy(\.score.isFinite))
        #expect(result.allSatisfy { $0.sources.allSatisfy(\.amount.isFinite) })
    }
}
