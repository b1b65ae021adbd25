import Evaluation
import Recommenders
import Testing

@Suite struct SplitTests {
    /// Ten positives and one bad rating for user 1, three positives for user 2.
    private func data() throws -> Dataset {
        var text = "userId,movieId,rating,timestamp\n"
        for item in 1...10 { text += "1,\(item),5,\(item * 10)\n" }
        text += "1,11,1,55\n"
        for item in 1...3 { text += "2,\(item),4,\(item * 40)\n" }
        return try Dataset.read([try DataFormat.read(Array(text.utf8))])[0]
    }

    @Test func `the temporal split hides the last share, rounded down, and leaves out what was rated`() throws {
        let fold = try Split(.temporal, fraction: 0.2).folds(of: data())[0]
        #expect(fold.cases.map(\.id) == ["1"])
        #expect(fold.cases[0].wanted == [8, 9])
        #expect(fold.cases[0].history.map(\.item) == Array(0..<8))
        // Item 11 was rated badly: known, so not in the list, but nothing to learn from.
        #expect(fold.cases[0].excluded.contains(10) && !fold.cases[0].excluded.contains(8))
        #expect(fold.training.visits[1].count == 3)
    }

    @Test func `ties in time go by the order of the file`() throws {
        let text = "userId,movieId,rating,timestamp\n1,5,5,1\n1,4,5,1\n1,3,5,1\n1,2,5,1\n1,1,5,1\n"
        let data = try Dataset.read([try DataFormat.read(Array(text.utf8))])[0]
        #expect(try Split(.temporal).folds(of: data)[0].cases[0].wanted == [0])
    }

    @Test func `leave one out hides the last positive of each user`() throws {
        let fold = try Split(.leaveOneOut).folds(of: data())[0]
        #expect(fold.cases.map(\.wanted) == [[9], [2]])
    }

    @Test func `one moment divides all users, and nobody is asked without a history`() throws {
        let fold = try Split(.timeCut, fraction: 0.3).folds(of: data())[0]
        let latest = fold.training.visits.flatMap { $0 }.map(\.seconds).max() ?? 0
        // Thirteen positives; the tenth is of time 80, and so is the ninth.
        #expect(latest == 70)
        #expect(fold.cases.map(\.wanted) == [[7, 8, 9], [1, 2]])
    }

    @Test func `k-fold keeps the asked users out of the training data`() throws {
        let folds = try Split(.kFold, fraction: 0.34, folds: 2).folds(of: data())
        #expect(folds.count == 2)
        #expect(Set(folds.flatMap { $0.cases.map(\.id) }) == ["1", "2"])
        for fold in folds {
            for question in fold.cases {
                #expect(fold.training.visits[question.source].isEmpty)
                #expect(!question.isInTraining && !question.history.isEmpty)
            }
        }
    }

    @Test func `of new users models are told the latest positives alone`() throws {
        for fold in try Split(.kFold, fraction: 0.34, folds: 2, known: 2).folds(of: data()) {
            for question in fold.cases where question.id == "1" {
                #expect(question.history.map(\.item) == [5, 6])
                #expect(!question.isInTraining)
                // What is not told is still nothing to recommend.
                #expect(question.excluded.contains(0))
            }
        }
        let fold = try Split(.temporal, known: 3).folds(of: data())[0]
        #expect(fold.cases.map(\.history.count) == [3])
        #expect(fold.training.visits[0].count == 8)
    }

    @Test func `random shares are seeded and hide what they say`() throws {
        let first = try Split(.random, fraction: 0.5, seed: 1).folds(of: data())[0]
        #expect(first.cases.map(\.wanted.count) == [5, 1])
        #expect(first.cases == (try Split(.random, fraction: 0.5, seed: 1).folds(of: data())[0].cases))
        #expect(first.cases != (try Split(.random, fraction: 0.5, seed: 2).folds(of: data())[0].cases))
    }

    @Test func `every prefix of a session is asked; the current item is left out unless it may stay`() throws {
        let text = "SessionId\tItemId\tTime\n1\ta\t1\n1\tb\t2\n1\ta\t3\n1\ta\t4\n2\ta\t9\n"
        let data = try Dataset.read([try DataFormat.read(Array(text.utf8))])[0]
        let fold = try Split().fold(training: data, test: data)
        #expect(fold.cases.map(\.id) == ["1#1", "1#2", "1#3"])
        #expect(fold.cases.map(\.next) == [1, 0, 0])
        #expect(fold.cases.map(\.wanted) == [[1, 0], [0], [0]])
        #expect(fold.cases.map(\.wantedCount) == [3, 2, 1])
        #expect(fold.cases[1].excluded.contains(1) && !fold.cases[1].excluded.contains(0))
        let all = try Split(includesCurrent: true).fold(training: data, test: data)
        #expect(!all.cases[1].excluded.contains(1))
        let fresh = try Split(includesSeen: false).fold(training: data, test: data)
        #expect(fresh.cases[1].excluded.contains(0))
    }

    @Test func `sessions are divided by their last click`() throws {
        var text = "SessionId\tItemId\tTime\n"
        for session in 1...10 { text += "\(session)\ta\t\(100 - session)\n\(session)\tb\t\(101 - session)\n" }
        let data = try Dataset.read([try DataFormat.read(Array(text.utf8))])[0]
        #expect(Set(try Split().folds(of: data)[0].cases.map(\.id)) == ["1#1", "2#1"])
    }

    @Test(arguments: [Split.Method.kFold, .random], [false, true])
    func `the training data of every fold can be divided again, for validation`(
        method: Split.Method,
        isOfSessions: Bool
    ) throws {
        let lines = (1...30).flatMap { source in
            (1...5).map {
                isOfSessions ? "\(source)\t\($0)\t\(source * 9 + $0)" : "\(source),\($0),5,\(source * 9 + $0)"
            }
        }
        let header = isOfSessions ? "SessionId\tItemId\tTime" : "userId,movieId,rating,timestamp"
        let text = ([header] + lines).joined(separator: "\n") + "\n"
        let data = try Dataset.read([try DataFormat.read(Array(text.utf8))])[0]
        let split = Split(method, fraction: 0.4, folds: 3)
        for fold in try split.folds(of: data) {
            let inner = try split.folds(of: fold.trainingEntries)[0]
            let expected = method == .kFold ? (isOfSessions ? 7 * 4 : 7) : (isOfSessions ? 7 * 4 : 30)
            #expect(inner.cases.count == expected)
            if method == .kFold || isOfSessions {
                #expect(Set(inner.cases.map(\.source)).isDisjoint(with: fold.cases.map(\.source)))
            }
        }
    }

    @Test func `what cannot be divided says what to do`() throws {
        let timeless = try Dataset.read([try DataFormat.read(Array("1 2 3\n".utf8))])[0]
        let error = #expect(throws: DataError.self) { try Split(.temporal).folds(of: timeless) }
        #expect(error?.message.contains("--split random") == true)
        let few = #expect(throws: DataError.self) { try Split(.random, fraction: 0.1).folds(of: timeless) }
        #expect(few?.message.contains("nothing is left to ask") == true)
        #expect(throws: DataError.self) { try Split(.kFold, folds: 9).folds(of: timeless) }
    }
}
