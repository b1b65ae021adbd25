import Testing

@testable import Recommenders

@Suite struct RepeatConsumptionTests {
    @Test func `what comes back weekly is likeliest after a week`() throws {
        var consumptions: [RepeatConsumption.Consumption] = []
        for user in 0..<50 {
            for week in 0..<6 { consumptions.append(.init(user: user, item: 0, time: Double(week * 7 + user % 3))) }
            consumptions.append(.init(user: user, item: 1, time: Double(user)))
        }
        let model = try RepeatConsumption.fit(consumptions.reversed(), itemCount: 3, shrinkage: 0)
        #expect(model == (try RepeatConsumption.fit(consumptions, itemCount: 3, shrinkage: 0)))
        #expect(abs(model.repeatShares[0] - 5.0 / 6) < 1e-12)
        #expect(model.repeatShares[1] == 0 && model.repeatShares[2] == 0)
        #expect(abs(model.probability(of: 0, after: 7) - 5.0 / 6) < 1e-9)
        #expect(model.probability(of: 0, after: 6) < model.probability(of: 0, after: 7))
        #expect(model.probability(of: 0, after: 9) < model.probability(of: 0, after: 7))
        #expect(model.probability(of: 0, after: 0) == 0 && model.probability(of: 9, after: 1) == 0)
        let list = [3, 2, 1].enumerated().map { Candidate(item: $0, score: Float($1), sources: []) }
        #expect(try model.reranker(lastTimes: [0: 93, 1: 50], now: 100).rerank(list).map(\.item) == [0, 2, 1])
    }

    @Test func `shrinkage lends an item without repeats some of the others'`() throws {
        let consumptions = (0..<4).map { RepeatConsumption.Consumption(user: 0, item: 0, time: Double($0)) }
        let model = try RepeatConsumption.fit(consumptions, itemCount: 2, shrinkage: 2)
        #expect(abs(model.repeatShares[1] - 0.75) < 1e-12)
        #expect(abs(model.repeatShares[0] - (3 + 2 * 0.75) / 6) < 1e-12)
    }

    @Test func `bad input is refused`() throws {
        let one = RepeatConsumption.Consumption(user: 0, item: 0, time: 1)
        #expect(throws: RecommenderError.self) { try RepeatConsumption.fit([], itemCount: 1) }
        #expect(throws: RecommenderError.self) { try RepeatConsumption.fit([one], itemCount: 0) }
        #expect(throws: RecommenderError.self) { try RepeatConsumption.fit([one], itemCount: -1) }
        #expect(throws: RecommenderError.self) { try RepeatConsumption.fit([one], itemCount: 1, shrinkage: -1) }
        #expect(throws: RecommenderError.self) {
            try RepeatConsumption.fit([.init(user: 0, item: 0, time: .nan)], itemCount: 1)
        }
        let model = try RepeatConsumption.fit([one], itemCount: 1)
        #expect(throws: RecommenderError.self) { try model.reranker(lastTimes: [:], now: .nan) }
    }
}
