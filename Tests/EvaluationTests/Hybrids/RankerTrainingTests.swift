import Ranking
import Recommenders
import Testing

@testable import Evaluation

/// The rule that no base model sees what the ranker learns from, and what would happen otherwise.
@Suite struct RankerTrainingTests {
    private static let itemCount = 200

    @Test(arguments: [Holdout.Cut.time(500), .lastShare(0.3)])
    func `nothing that a request wants was there before the cut`(cut: Holdout.Cut) {
        let visits = Self.visits()
        let holdout = Holdout(visits, cut: cut)
        #expect(!holdout.requests.isEmpty)
        #expect(holdout.before.count == visits.count)
        for request in holdout.requests {
            let before = holdout.before[request.user]
            #expect(request.history == before)
            #expect(request.wanted.isDisjoint(with: before.map(\.item)))
            let later = visits[request.user].filter { request.wanted.contains($0.item) }
            #expect(later.allSatisfy { $0.seconds >= before[before.count - 1].seconds })
        }
        if case .time(let moment) = cut {
            #expect(holdout.before.joined().allSatisfy { $0.seconds < moment })
        }
    }

    @Test func `users with nothing on one side of the cut ask nothing`() {
        let early = [SessionLog.Click(item: 1, seconds: 1)]
        let late = [SessionLog.Click(item: 1, seconds: 9)]
        let again = early + late
        let both = early + [SessionLog.Click(item: 2, seconds: 9)]
        let holdout = Holdout([early, late, [], again, both], cut: .time(5))
        #expect(holdout.requests.map(\.user) == [4])
        #expect(holdout.requests.first?.wanted == [2])
        #expect(holdout.before == [early, [], [], early, early])
    }

    @Test(arguments: [Holdout.Cut.time(500), .lastShare(0.3)])
    func `base models are shown no label`(cut: Holdout.Cut) throws {
        let visits = Self.visits()
        let holdout = Holdout(visits, cut: cut)
        var shown: [[SessionLog.Click]] = []
        let rows = try Self.rows(visits, cut: cut) { before in
            shown = before
            return before
        }
        #expect(shown == holdout.before)
        for request in holdout.requests {
            #expect(request.wanted.isDisjoint(with: shown[request.user].map(\.item)))
        }
        #expect(rows.training.groups.count + rows.validation.groups.count <= holdout.requests.count)
        #expect(rows.validation.groups.count > 5)
    }

    @Test func `a model that has seen the labels would be trusted blindly, which this procedure prevents`() throws {
        let visits = Self.visits()
        let honest = try Self.rows(visits, cut: .time(500)) { $0 }
        let leaking = try Self.rows(visits, cut: .time(500)) { _ in visits }
        let parameters = RankerParameters(rounds: 30, depth: 3)
        let honestRanker = try LambdaMARTRanker.fit(honest, parameters: parameters)
        let leakingRanker = try LambdaMARTRanker.fit(leaking, parameters: parameters)
        #expect(try #require(leakingRanker.validationGain) > 0.99)
        #expect(leakingRanker.importances.first?.name == "memory")
        #expect(try #require(honestRanker.validationGain) < 0.9)
        #expect(honestRanker.importances.first { $0.name == "memory" }?.gain == 0)
    }

    /// Users who take popular items more often, at times from 0 to 1000.
    private static func visits() -> [[SessionLog.Click]] {
        var random = RandomSource(seed: 11)
        return (0..<80).map { _ in
            (0..<30).map { _ in
                let draw = random.uniform()
                return SessionLog.Click(
                    item: Int(draw * draw * Float(itemCount)),
                    seconds: Double(random.index(below: 1000))
                )
            }
        }
    }

    private static func rows(
        _ visits: [[SessionLog.Click]],
        cut: Holdout.Cut,
        fit: ([[SessionLog.Click]]) -> [[SessionLog.Click]]
    ) throws -> RankerRows {
        try RankerTraining(cut: cut)
            .rows(from: visits, featureNames: ["memory", "popularity"], fit: fit, propose: propose)
    }

    /// A model that knows by heart what it was shown, and another one that knows what is popular.
    private static func propose(
        _ shown: [[SessionLog.Click]],
        _ user: Int,
        _ history: [SessionLog.Click]
    ) -> RankerRows.Candidates {
        var users = [Float](repeating: 0, count: itemCount)
        for visits in shown { for item in Set(visits.map(\.item)) { users[item] += 1 } }
        let known = Set(history.map(\.item))
        let memory = Set(shown[user].map(\.item))
        let items = (0..<itemCount).filter { !known.contains($0) }
        return RankerRows.Candidates(
            items: items,
            features: items.flatMap { [memory.contains($0) ? 1 : 0, users[$0]] }
        )
    }
}
