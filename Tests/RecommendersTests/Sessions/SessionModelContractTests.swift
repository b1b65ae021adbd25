import Recommenders
import Testing

/// What holds for every model of sessions, whatever it computes.
@Suite struct SessionModelContractTests {
    @Test(arguments: SessionModelUnderTest.all)
    func `lists are finite, in order, without repeats and not too long, on the smallest data too`(
        _ model: SessionModelUnderTest
    ) throws {
        let logs = [
            try SessionLog(itemCount: 1, sessions: [[.init(item: 0, seconds: 0)]]),
            try SessionLog(itemCount: 3, sessions: [[.init(item: 1, seconds: -5), .init(item: 1, seconds: 5)]]),
            try SessionLog(itemCount: 2, sessions: [[.init(item: 0, seconds: 0), .init(item: 1, seconds: 1e300)]]),
            try SessionLog(itemCount: 2, sessions: Array(repeating: [.init(item: 0, seconds: 9)], count: 30)),
            try RandomSessions.log(count: 60, itemCount: 15, longest: 20, seed: 21),
        ]
        for log in logs {
            let recommend = try model.fit(log, [], FitContext())
            for session in RandomSessions.open(count: 20, itemCount: log.itemCount, longest: 12, seed: 22) {
                let list = try recommend(session, 6, ItemSet([2]))
                #expect(list.count <= 6)
                #expect(list.scoresByItem.count == list.count)
                #expect(list.allSatisfy { $0.score.isFinite && (0..<log.itemCount).contains($0.item) && $0.item != 2 })
                #expect(zip(list, list.dropFirst()).allSatisfy { ($0.score, $1.item) >= ($1.score, $0.item) })
                #expect(try recommend(session, 3, ItemSet([2])) == Array(list.prefix(3)))
            }
            #expect(try recommend([], 6, ItemSet()).isEmpty)
            #expect(try recommend([0], 0, ItemSet()).isEmpty)
        }
    }

    @Test(arguments: SessionModelUnderTest.all)
    func `an item that the model does not have is a typed error`(_ model: SessionModelUnderTest) throws {
        let recommend = try model.fit(RandomSessions.log(count: 20, itemCount: 5, seed: 23), [], FitContext())
        for item in [-1, 5, Int.max, Int.min] {
            expect(.indexOutOfRange) { _ = try recommend([0, item, 1], 5, ItemSet()) }
        }
    }

    @Test(arguments: SessionModelUnderTest.all.filter(\.updates))
    func `an update is the same as a fit to all sessions`(_ model: SessionModelUnderTest) throws {
        let parts = [
            RandomSessions.sessions(count: 50, itemCount: 12, seed: 24),
            RandomSessions.sessions(count: 20, itemCount: 16, from: 10, seed: 25),
            RandomSessions.sessions(count: 60, itemCount: 20, longest: 9, from: 100, seed: 26),
        ]
        let logs = try zip(parts, [12, 16, 20]).map { try SessionLog(itemCount: $1, sessions: $0) }
        let updated = try model.fit(logs[0], Array(logs.dropFirst()), FitContext())
        let fitted = try model.fit(SessionLog(itemCount: 20, sessions: Array(parts.joined())), [], FitContext())
        for session in RandomSessions.open(count: 30, itemCount: 20, seed: 27) {
            #expect(try updated(session, 20, ItemSet()) == fitted(session, 20, ItemSet()))
        }
    }

    @Test(arguments: SessionModelUnderTest.additive)
    func `one more past session lowers the score of nothing that it leads to`(_ model: SessionModelUnderTest) throws {
        let log = try RandomSessions.log(count: 60, itemCount: 12, seed: 36)
        let recommend = try model.fit(log, [], FitContext())
        for session in RandomSessions.open(count: 20, itemCount: 12, longest: 3, seed: 37) {
            guard let last = session.last else { continue }
            let before = try recommend(session, 12, ItemSet()).scoresByItem
            for next in 0..<12 where next != last {
                let more = [SessionLog.Click(item: last, seconds: 500), SessionLog.Click(item: next, seconds: 501)]
                let after = try model.fit(log, [SessionLog(itemCount: 12, sessions: [more])], FitContext())(
                    session,
                    12,
                    ItemSet()
                ).scoresByItem
                #expect(after[next, default: 0] >= before[next, default: 0] * (1 - 1e-6), "\(session), then \(next)")
            }
        }
    }

    @Test(arguments: SessionModelUnderTest.all.filter(\.ignoresNumbering))
    func `other numbers for the same items give the same scores`(_ model: SessionModelUnderTest) throws {
        func renamed(_ item: Int) -> Int { (item * 7 + 3) % 15 }
        let sessions = RandomSessions.sessions(count: 60, itemCount: 15, seed: 28)
        let others = sessions.map { $0.map { SessionLog.Click(item: renamed($0.item), seconds: $0.seconds) } }
        let recommend = try model.fit(SessionLog(itemCount: 15, sessions: sessions), [], FitContext())
        let recommendRenamed = try model.fit(SessionLog(itemCount: 15, sessions: others), [], FitContext())
        for session in RandomSessions.open(count: 20, itemCount: 15, seed: 29) {
            let list = try recommend(session, 15, ItemSet())
            let expected = try recommendRenamed(session.map(renamed), 15, ItemSet()).scoresByItem
            #expect(list.count == expected.count)
            for entry in list {
                let score = expected[renamed(entry.item)] ?? .nan
                #expect(abs(score - entry.score) <= 1e-5 * max(1, entry.score))
            }
        }
    }

    @Test(arguments: SessionModelUnderTest.all)
    func `the same seed gives the same lists`(_ model: SessionModelUnderTest) throws {
        let log = try RandomSessions.log(count: 60, itemCount: 15, seed: 30)
        let first = try model.fit(log, [], FitContext(seed: 5))
        let second = try model.fit(log, [], FitContext(seed: 5, workers: .dispatch(count: 2)))
        for session in RandomSessions.open(count: 20, itemCount: 15, seed: 31) {
            #expect(try first(session, 15, ItemSet()) == second(session, 15, ItemSet()))
        }
    }

    @Test(arguments: SessionModelUnderTest.all)
    func `a fit that is asked to stop says that it was cancelled`(_ model: SessionModelUnderTest) throws {
        let log = try RandomSessions.log(count: 60, itemCount: 15, seed: 32)
        expect(.cancelled) { _ = try model.fit(log, [], FitContext(isCancelled: { true })) }
    }

    @Test func `a log refuses times that are not finite, items out of range and nothing`() {
        expect(.invalidWeight) { _ = try SessionLog(itemCount: 1, sessions: [[.init(item: 0, seconds: .nan)]]) }
        expect(.invalidWeight) { _ = try SessionLog(itemCount: 1, sessions: [[.init(item: 0, seconds: .infinity)]]) }
        expect(.indexOutOfRange) { _ = try SessionLog(itemCount: 1, sessions: [[.init(item: 1, seconds: 0)]]) }
        expect(.indexOutOfRange) { _ = try SessionLog(itemCount: 1, sessions: [[.init(item: -1, seconds: 0)]]) }
        expect(.emptyMatrix) { _ = try SessionLog(itemCount: 1, sessions: [[]]) }
    }
}
