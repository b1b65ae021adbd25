import Testing

@testable import Recommenders

@Suite struct VMISKNNTests {
    private static let variants = [
        VMISKNNParameters(),
        VMISKNNParameters(recentSessions: 7, neighbours: 3, lastClicks: 3, idfWeight: 2),
        VMISKNNParameters(recentSessions: 20, neighbours: 50, lastClicks: 5, idfWeight: 0, lengthQuantile: 0.8),
        VMISKNNParameters(recentSessions: 1, neighbours: 1, lastClicks: 1, lengthQuantile: 1),
        VMISKNNParameters(recentSessions: 40, neighbours: 12, lastClicks: 14, lengthQuantile: 0.9),
    ]

    @Test(arguments: variants)
    func `scores are those of the definition`(parameters: VMISKNNParameters) throws {
        let log = try RandomSessions.log(count: 80, itemCount: 20, seed: 5)
        let model = try VMISKNNModel.fit(log, parameters: parameters)
        let dense = DenseVMISKNN(log: log, parameters: parameters)
        for session in RandomSessions.open(count: 25, itemCount: 20, longest: 16, seed: 6) {
            let expected = dense.scores(after: session)
            let list = try model.recommend(after: session, limit: 20)
            #expect(Set(list.map(\.item)) == Set(expected.indices.filter { expected[$0] > 1e-9 }))
            for entry in list {
                #expect(abs(Double(entry.score) - expected[entry.item]) < 1e-4 * max(1, expected[entry.item]))
            }
            #expect(zip(list, list.dropFirst()).allSatisfy { ($0.score, $1.item) >= ($1.score, $0.item) })
        }
    }

    @Test(arguments: variants)
    func `an update is the same as a fit to all sessions`(parameters: VMISKNNParameters) throws {
        for ties in [SessionTieOrder.given, .seeded(3)] {
            var parameters = parameters
            parameters.ties = ties
            // Times go on, stand still or fall back; lengths change; items come in.
            let parts = [
                RandomSessions.sessions(count: 50, itemCount: 12, seed: 1),
                RandomSessions.sessions(count: 40, itemCount: 15, from: 30, seed: 2),
                RandomSessions.sessions(count: 1, itemCount: 15, from: 31, seed: 3),
                RandomSessions.sessions(count: 40, itemCount: 20, longest: 12, from: 90, seed: 4),
                RandomSessions.sessions(count: 300, itemCount: 20, from: 120, seed: 5),
            ]
            var model = try VMISKNNModel.fit(SessionLog(itemCount: 12, sessions: parts[0]), parameters: parameters)
            var all = parts[0]
            for part in parts.dropFirst() {
                try model.update(with: SessionLog(itemCount: 20, sessions: part))
                all += part
                let fitted = try VMISKNNModel.fit(SessionLog(itemCount: 20, sessions: all), parameters: parameters)
                #expect(model == fitted)
                for session in RandomSessions.open(count: 10, itemCount: 20, seed: 7) {
                    #expect(try model.recommend(after: session, limit: 9) == fitted.recommend(after: session, limit: 9))
                }
            }
        }
    }

    @Test func `permuted items have permuted scores`() throws {
        let sessions = RandomSessions.sessions(count: 60, itemCount: 15, seed: 8)
        let permutation = (0..<15).map { ($0 * 7 + 3) % 15 }
        let permuted = sessions.map { $0.map { SessionLog.Click(item: permutation[$0.item], seconds: $0.seconds) } }
        let model = try VMISKNNModel.fit(SessionLog(itemCount: 15, sessions: sessions))
        let other = try VMISKNNModel.fit(SessionLog(itemCount: 15, sessions: permuted))
        for session in RandomSessions.open(count: 20, itemCount: 15, seed: 9) {
            let scores = try model.recommend(after: session, limit: 15).map { (permutation[$0.item], $0.score) }
            let expected = try other.recommend(after: session.map { permutation[$0] }, limit: 15)
            #expect(Dictionary(uniqueKeysWithValues: scores) == expected.scoresByItem)
        }
    }

    @Test func `one more session with an item raises it`() throws {
        let sessions = RandomSessions.sessions(count: 40, itemCount: 10, seed: 10)
        let together = [SessionLog.Click(item: 2, seconds: 1000), SessionLog.Click(item: 9, seconds: 1001)]
        let parameters = VMISKNNParameters(neighbours: 500, idfWeight: 0, lengthQuantile: 1)
        let before = try VMISKNNModel.fit(SessionLog(itemCount: 10, sessions: sessions), parameters: parameters)
        var after = before
        try after.update(with: SessionLog(itemCount: 10, sessions: [together]))
        let (old, new) = try (before.recommend(after: [2], limit: 10), after.recommend(after: [2], limit: 10))
        #expect((new.scoresByItem[9] ?? 0) > (old.scoresByItem[9] ?? 0))
    }

    @Test func `a seed changes the order of ties and nothing else`() throws {
        // Item 0 once with each of the others, all in the same second.
        let pairs = (1..<10).map { [SessionLog.Click(item: 0, seconds: 0), SessionLog.Click(item: $0, seconds: 0)] }
        let log = try SessionLog(itemCount: 10, sessions: pairs)
        let parameters = VMISKNNParameters(recentSessions: 1000, neighbours: 1000)
        let plain = try VMISKNNModel.fit(log, parameters: parameters)
        var orders: Set<[Int]> = []
        for seed in 0..<4 {
            var seeded = parameters
            seeded.ties = .seeded(UInt64(seed))
            let list = try VMISKNNModel.fit(log, parameters: seeded).recommend(after: [0], limit: 10)
            #expect(list.scoresByItem == (try plain.recommend(after: [0], limit: 10).scoresByItem))
            orders.insert(list.map(\.item))
        }
        #expect(try plain.recommend(after: [0], limit: 10).map(\.item) == Array(1..<10))
        #expect(orders.count > 1)
    }

    @Test func `excluded items and the current one are not in the list, and it is not longer than asked for`() throws {
        let model = try VMISKNNModel.fit(RandomSessions.log(count: 100, itemCount: 12, seed: 12))
        let list = try model.recommend(after: [1, 0], seconds: nil, limit: 4, excluding: ItemSet([2, 3]))
        #expect(list.count == 4)
        #expect(Set(list.map(\.item)).isDisjoint(with: [0, 2, 3]))
        #expect(try model.recommend(after: [1, 0], limit: 0).isEmpty)
        #expect(try model.recommend(after: [1, 0], limit: -1).isEmpty)
    }

    @Test func `many threads may predict at once`() async throws {
        let model = try VMISKNNModel.fit(RandomSessions.log(count: 100, itemCount: 12, seed: 13))
        let sessions = RandomSessions.open(count: 40, itemCount: 12, seed: 14)
        let expected = try sessions.map { try model.recommend(after: $0, limit: 12) }
        try await withThrowingTaskGroup(of: [[ScoredItem]].self) { group in
            for _ in 0..<4 {
                group.addTask { try sessions.map { try model.recommend(after: $0, limit: 12) } }
            }
            for try await lists in group { #expect(lists == expected) }
        }
    }

    @Test func `bad input is refused or has an empty list`() throws {
        let model = try VMISKNNModel.fit(RandomSessions.log(count: 9, itemCount: 4, seed: 15))
        #expect(try model.recommend(after: [], limit: 5).isEmpty)
        for item in [-1, 4, Int.max] {
            expect(.indexOutOfRange) { _ = try model.recommend(after: [0, item], limit: 5) }
        }
        let lonely = try VMISKNNModel.fit(SessionLog(itemCount: 1, sessions: [[.init(item: 0, seconds: 0)]]))
        #expect(try lonely.recommend(after: [0], limit: 5).isEmpty)
        expect(.invalidWeight) { _ = try SessionLog(itemCount: 1, sessions: [[.init(item: 0, seconds: .nan)]]) }
        expect(.emptyMatrix) { _ = try SessionLog(itemCount: 1, sessions: [[]]) }
        let log = try RandomSessions.log(count: 9, itemCount: 4, seed: 15)
        for parameters in [
            VMISKNNParameters(recentSessions: 0), VMISKNNParameters(neighbours: 0), VMISKNNParameters(lastClicks: 0),
            VMISKNNParameters(idfWeight: .nan), VMISKNNParameters(idfWeight: -1), VMISKNNParameters(lengthQuantile: 0),
            VMISKNNParameters(lengthQuantile: .nan), VMISKNNParameters(lastClicks: 101),
        ] {
            expect(.invalidParameter) { _ = try VMISKNNModel.fit(log, parameters: parameters) }
        }
        expect(.cancelled) { _ = try VMISKNNModel.fit(log, context: FitContext(isCancelled: { true })) }
    }

    @Test func `old sessions are forgotten, by number and by age`() throws {
        let day = 86_400.0
        let sessions = [(0.0, 1), (1.0, 2), (2.0, 3)].map { days, item in
            [SessionLog.Click(item: 0, seconds: days * day), SessionLog.Click(item: item, seconds: days * day)]
        }
        let log = try SessionLog(itemCount: 4, sessions: sessions)
        func next(_ parameters: VMISKNNParameters) throws -> Set<Int> {
            let model = try VMISKNNModel.fit(log, parameters: parameters)
            return Set(try model.recommend(after: [0], limit: 9).map(\.item))
        }
        #expect(try next(VMISKNNParameters()) == [1, 2, 3])
        #expect(try next(VMISKNNParameters(mostSessions: 2)) == [2, 3])
        #expect(try next(VMISKNNParameters(maximumAgeDays: 0.5)) == [3])
        #expect(try next(VMISKNNParameters(mostSessions: 1, maximumAgeDays: 1)) == [3])
        for parameters in [
            VMISKNNParameters(mostSessions: 0), VMISKNNParameters(maximumAgeDays: 0),
            VMISKNNParameters(maximumAgeDays: .nan),
        ] {
            #expect(throws: RecommenderError.self) { try VMISKNNModel.fit(log, parameters: parameters) }
        }
    }
}
