import Foundation
import Recommenders
import Testing

/// Markov chains and sequential rules against the most obvious counting.
@Suite struct TransitionModelTests {
    private let log: SessionLog
    private let open = RandomSessions.open(count: 25, itemCount: 12, seed: 52)

    init() throws {
        log = try RandomSessions.log(count: 60, itemCount: 12, longest: 8, seed: 51)
    }

    @Test func `a Markov chain's scores are shares of the transitions`() throws {
        let parameters = MarkovChainParameters(
            halfLifeDays: 0.0002,
            shrinkage: 1.5,
            lastClicks: 3,
            clickDecay: 0.7
        )
        let now = log.clicks.map(\.seconds).max() ?? 0
        var counts = [[Double]](repeating: [Double](repeating: 0, count: 12), count: 12)
        for session in (0..<log.count).map({ Array(log[$0]) }) {
            for (from, to) in zip(session, session.dropFirst()) {
                counts[from.item][to.item] += pow(0.5, (now - to.seconds) / (0.0002 * 86_400))
            }
        }
        let model = try MarkovChainModel.fit(log, parameters: parameters)
        for session in open {
            var expected = [Double](repeating: 0, count: 12)
            for (distance, item) in session.suffix(3).reversed().enumerated() {
                let total = counts[item].reduce(0, +) + 1.5
                for next in 0..<12 { expected[next] += pow(0.7, Double(distance)) * counts[item][next] / total }
            }
            let list = try model.recommend(after: session, limit: 12).scoresByItem
            for item in 0..<12 { #expect(abs(Double(list[item] ?? 0) - expected[item]) < 1e-6) }
        }
    }

    @Test(arguments: SequentialRulesParameters.Weighting.allCases, [false, true])
    func `a rule's weight falls with the distance`(
        weighting: SequentialRulesParameters.Weighting,
        bothWays: Bool
    ) throws {
        func weight(_ distance: Int) -> Double {
            let distance = Double(distance)
            return switch weighting {
            case .same: 1
            case .inverse: 1 / distance
            case .linear: max(0, 1 - distance / 10)
            case .logarithmic: 1 / log10(distance + 1.7)
            case .quadratic: pow(distance, -2)
            }
        }
        var rules = [[Double]](repeating: [Double](repeating: 0, count: 12), count: 12)
        for session in (0..<log.count).map({ log[$0].map(\.item) }) {
            for first in session.indices {
                for second in session.indices where second > first && second - first <= 4 {
                    rules[session[first]][session[second]] += weight(second - first)
                    if bothWays { rules[session[second]][session[first]] += weight(second - first) }
                }
            }
        }
        let parameters = SequentialRulesParameters(
            steps: 4,
            weighting: weighting,
            bothWays: bothWays,
            lastClicks: 2,
            clickWeighting: weighting
        )
        let model = try SequentialRulesModel.fit(log, parameters: parameters)
        for session in open {
            let list = try model.recommend(after: session, limit: 12).scoresByItem
            for next in 0..<12 {
                let expected = session.suffix(2).reversed().enumerated().reduce(0.0) {
                    $0 + weight($1.offset + 1) * rules[$1.element][next]
                }
                #expect(abs(Double(list[next] ?? 0) - expected) < 1e-5 * max(1, expected))
            }
        }
    }

    @Test func `a chain that forgets is updated to what a fit makes, up to rounding`() throws {
        let parameters = MarkovChainParameters(halfLifeDays: 0.0005, shrinkage: 1)
        let parts = [
            RandomSessions.sessions(count: 50, itemCount: 9, seed: 53),
            RandomSessions.sessions(count: 50, itemCount: 12, from: 60, seed: 54),
            RandomSessions.sessions(count: 5, itemCount: 12, from: 2, seed: 55),
        ]
        var model = try MarkovChainModel.fit(SessionLog(itemCount: 9, sessions: parts[0]), parameters: parameters)
        for part in parts.dropFirst() { try model.update(with: SessionLog(itemCount: 12, sessions: part)) }
        let all = try SessionLog(itemCount: 12, sessions: Array(parts.joined()))
        let fitted = try MarkovChainModel.fit(all, parameters: parameters)
        for session in open {
            let list = try model.recommend(after: session, limit: 12).scoresByItem
            let expected = try fitted.recommend(after: session, limit: 12).scoresByItem
            for item in 0..<12 { #expect(abs((list[item] ?? 0) - (expected[item] ?? 0)) < 1e-5) }
        }
    }

    @Test func `one more transition raises its item`() throws {
        let more = [[SessionLog.Click(item: 3, seconds: 500), SessionLog.Click(item: 7, seconds: 501)]]
        var chain = try MarkovChainModel.fit(log)
        var rules = try SequentialRulesModel.fit(log)
        let before = try (chain.recommend(after: [3], limit: 12), rules.recommend(after: [3], limit: 12))
        try chain.update(with: SessionLog(itemCount: 12, sessions: more))
        try rules.update(with: SessionLog(itemCount: 12, sessions: more))
        let after = try (chain.recommend(after: [3], limit: 12), rules.recommend(after: [3], limit: 12))
        #expect((after.0.scoresByItem[7] ?? 0) > (before.0.scoresByItem[7] ?? 0))
        #expect((after.1.scoresByItem[7] ?? 0) > (before.1.scoresByItem[7] ?? 0))
    }

    @Test func `parameters outside their range are refused`() {
        for parameters in [
            MarkovChainParameters(halfLifeDays: 0), MarkovChainParameters(halfLifeDays: .nan),
            MarkovChainParameters(shrinkage: -1), MarkovChainParameters(lastClicks: 0),
            MarkovChainParameters(clickDecay: 1.5), MarkovChainParameters(clickDecay: .nan),
        ] {
            expect(.invalidParameter) { _ = try MarkovChainModel.fit(log, parameters: parameters) }
        }
        for parameters in [
            SequentialRulesParameters(steps: 0), SequentialRulesParameters(lastClicks: 0),
            SequentialRulesParameters(steps: 10_001),
        ] {
            expect(.invalidParameter) { _ = try SequentialRulesModel.fit(log, parameters: parameters) }
        }
    }
}
