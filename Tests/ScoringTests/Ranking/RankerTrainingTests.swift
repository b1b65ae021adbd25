import Foundation
import Ranking
import Recommenders
import Scoring
import Testing

/// The rule that no base model sees what the ranker learns from, and what would happen otherwise.
@Suite struct RankerTrainingTests {
    private static let itemCount = 200
    private static let sources = [CandidateSource(rawValue: "memory"), .popular]

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
    func `base models are shown no label, not even in the facts about items`(cut: Holdout.Cut) throws {
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
        // An item is as popular as it was before the cut.
        let popularity = ItemFacts(visits: holdout.before, itemCount: Self.itemCount).users.max() ?? 0
        let column = try #require(rows.training.featureNames.firstIndex(of: "popularity"))
        let width = rows.training.featureNames.count
        let seen = stride(from: column, to: rows.training.features.count, by: width).map { rows.training.features[$0] }
        #expect(try #require(seen.max()) <= log2(popularity + 1))
    }

    @Test func `a model that has seen the labels would be trusted blindly, which this procedure prevents`() throws {
        let visits = Self.visits()
        let honest = try Self.rows(visits, cut: .time(500)) { $0 }
        let leaking = try Self.rows(visits, cut: .time(500)) { _ in visits }
        let parameters = RankerParameters(rounds: 30, depth: 3)
        let honestRanker = try LambdaMARTRanker.fit(honest, parameters: parameters)
        let leakingRanker = try LambdaMARTRanker.fit(leaking, parameters: parameters)
        #expect(try #require(leakingRanker.validationGain) > 0.99)
        #expect(leakingRanker.importances.first?.name.hasPrefix("memory") == true)
        #expect(try #require(honestRanker.validationGain) < 0.9)
        #expect(honestRanker.importances.first { $0.name == "memory.score" }?.gain == 0)
    }

    @Test func `a ranker refuses other features than its own`() throws {
        let visits = Self.visits()
        let rows = try Self.rows(visits, cut: .time(500)) { $0 }
        let ranker = try LambdaMARTRanker.fit(rows, parameters: RankerParameters(rounds: 2))
        let facts = ItemFacts(visits: visits, itemCount: Self.itemCount)
        let ranking = CandidateRanking(depth: 50)
        let proposals = Self.propose(visits, 0, [])
        let request = CandidateFeatures.Request(after: [])
        let own = CandidateFeatures(sources: Self.sources, facts: facts)
        let ranked = try ranking.rank(proposals, for: request, features: own, ranker: ranker)
        #expect(ranked.count == 50)
        #expect(zip(ranked, ranked.dropFirst()).allSatisfy { $0.score >= $1.score })
        #expect(Set(ranked.map(\.item)) == Set(ranking.candidates(from: proposals).map(\.item)))
        let other = CandidateFeatures(sources: [.popular], facts: facts)
        #expect(throws: RankingError.self) {
            try ranking.rank(proposals, for: request, features: other, ranker: ranker)
        }
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
    ) throws -> RankerTraining.Rows {
        try RankerTraining(ranking: CandidateRanking(depth: itemCount)).rows(
            from: RankerTraining.Input(visits: visits, itemCount: itemCount),
            cut: cut,
            sources: sources,
            fit: fit,
            propose: propose
        )
    }

    /// A model that knows by heart what it was shown, and another one that knows what is popular.
    private static func propose(
        _ shown: [[SessionLog.Click]],
        _ user: Int,
        _ history: [SessionLog.Click]
    ) -> [Proposals] {
        let known = Set(history.map(\.item))
        let users = ItemFacts(visits: shown, itemCount: itemCount).users
        let popular = (0..<itemCount).filter { !known.contains($0) }
            .map { ScoredItem(item: $0, score: users[$0] + 1) }
            .sorted { ($0.score, $1.item) > ($1.score, $0.item) }
        let memory = Set(shown[user].map(\.item)).subtracting(known).sorted().map { ScoredItem(item: $0, score: 1) }
        return [Proposals(source: sources[0], items: memory), Proposals(source: sources[1], items: popular)]
    }
}
