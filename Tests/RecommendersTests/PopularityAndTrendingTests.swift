import Recommenders
import Testing

@Suite struct PopularityAndTrendingTests {
    @Test func `users or weights are counted, ties by index`() throws {
        let matrix = try InteractionMatrix(
            userCount: 3,
            itemCount: 4,
            interactions: [
                Interaction(user: 0, item: 1), Interaction(user: 1, item: 1), Interaction(user: 2, item: 0, weight: 5),
                Interaction(user: 2, item: 3),
            ]
        )
        #expect(try PopularityModel.fit(matrix).recommend(for: [], limit: 9).map(\.item) == [1, 0, 3])
        #expect(
            try PopularityModel.fit(matrix, parameters: .weights).recommend(for: [], limit: 2).map(\.item) == [0, 1]
        )
    }

    @Test func `what happened a half-life ago counts half, down to the floor`() throws {
        let decay = try TimeDecay(halfLifeSeconds: 60, floor: 0.1)
        #expect(decay.factor(ageSeconds: 60) == 0.5)
        #expect(decay.factor(ageSeconds: -5) == 1)
        #expect(decay.factor(ageSeconds: 1e9) == 0.1)
        #expect(throws: RecommenderError.self) { try TimeDecay(halfLifeSeconds: 0) }
    }

    @Test func `a recent burst beats old fame, and without one old fame decides`() throws {
        let old: [Float] = [100, 50, 1, 0]
        let burst = try TrendingScores(
            itemCount: 4,
            windows: [.init(counts: [0, 0, 3, 0], weight: 0.5), .init(counts: old, weight: 0.1)]
        )
        #expect(burst.top(4).map(\.item) == [2, 0, 1])
        let quiet = try TrendingScores(
            itemCount: 4,
            windows: [.init(counts: [0, 0, 0, 0], weight: 0.5), .init(counts: old, weight: 0.1)]
        )
        #expect(quiet.top(4).map(\.item) == [0, 1, 2])
        #expect(throws: RecommenderError.self) {
            try TrendingScores(itemCount: 4, windows: [.init(counts: [1, .nan, 0, 0], weight: 1)])
        }
    }
}
