import Events
import Recommenders
import Scoring
import ScoringSamples
import Testing

@testable import Scorer

@Suite struct ActivityMatrixTests {
    private var activities = TestActivities()

    @Test mutating func `an activity that comes twice counts once`() throws {
        let first = activities.make("u1", .view, "a")
        let second = activities.make("u1", .view, "a")
        var matrix = TestActivities.matrix([first, second])
        let once = matrix
        for copy in [first, second, first] { matrix.apply(copy, policy: TestActivities.taste) }
        #expect(matrix.rows == once.rows)
        #expect(matrix.applied == 2 && matrix.fenced == 3)
    }

    @Test mutating func `strengths add up with decay, whatever their order`() throws {
        let day: Int64 = 86_400_000
        let old = activities.make("u1", .purchase, "a", at: 0)
        let new = activities.make("u1", .view, "a", at: 30 * day)
        let late = activities.make("u1", .view, "a", at: 0)
        let cell = try #require(TestActivities.matrix([old, new, late]).rows[UserKey(userID: "u1")]?.cells[0])
        #expect(abs(cell.sum - (6 * 0.5 + 1 + 0.5)) < 1e-9)
        #expect(cell.time == 30 * day)
    }

    @Test mutating func `the later opinion decides whether an item is a positive`() throws {
        let set = try TrainingSet(
            TestActivities.matrix([
                activities.make("u1", .like, "kept"),
                activities.make("u1", .view, "disliked"), activities.make("u1", .dislike, "disliked"),
                activities.make("u1", .addToCart, "dropped"), activities.make("u1", .removeFromCart, "dropped"),
                activities.make("u1", .rating, "bad", value: 2.5), activities.make("u1", .rating, "fair", value: 3),
                activities.make("u1", .dismiss, "again"), activities.make("u1", .purchase, "again"),
            ]),
            policy: TestActivities.taste
        )
        #expect(Set(set.itemIDs) == ["kept", "fair", "again"])
        #expect(set.matrix.entryCount == 3)
    }

    @Test mutating func `nothing positive is an error, not an empty model`() {
        let matrix = TestActivities.matrix([activities.make("u1", .dislike, "a")])
        #expect(throws: RecommenderError.self) { try TrainingSet(matrix, policy: TestActivities.taste) }
    }

    @Test mutating func `only the latest items of a user are kept`() {
        var matrix = ActivityMatrix(itemsPerUser: 3)
        for item in 0..<6 { matrix.apply(activities.make("u1", .view, "i\(item)"), policy: TestActivities.taste) }
        let cells = matrix.rows[UserKey(userID: "u1")]?.cells ?? [:]
        #expect(Set(cells.keys.map { matrix.itemIDs[Int($0)] }) == ["i3", "i4", "i5"])
    }

    @Test mutating func `a snapshot brings everything back, and damaged bytes are refused`() throws {
        let matrix = TestActivities.matrix(activities.twoWorlds(users: 6) + [activities.make("u1", .dislike, "a1")])
        let snapshot = MatrixSnapshot(origin: "1:x", offsets: [0: 7, 11: 0], matrix: matrix, trainedChanges: 5)
        let bytes = snapshot.encoded()
        #expect(try MatrixSnapshot(decoding: bytes, itemsPerUser: 2000) == snapshot)
        #expect(throws: RecommenderError.self) {
            try MatrixSnapshot(decoding: Array(bytes.dropLast()), itemsPerUser: 2000)
        }
        var damaged = bytes
        damaged[bytes.count / 2] ^= 1
        #expect(throws: RecommenderError.self) { try MatrixSnapshot(decoding: damaged, itemsPerUser: 2000) }
    }

    @Test mutating func `the same activities give the same model, whatever their order`() throws {
        let all = activities.twoWorlds(users: 10)
        let context = FitContext()
        let fit = ModelFit(als: ALSParameters(factors: 4))
        let one = try fit(
            TrainingSet(TestActivities.matrix(all), policy: TestActivities.taste),
            context: context
        )
        let byUser = all.sorted { $0.user.rawValue < $1.user.rawValue }
        let other = try fit(
            TrainingSet(TestActivities.matrix(byUser), policy: TestActivities.taste),
            context: context
        )
        #expect(Set(one.itemIDs) == Set(other.itemIDs))
        for id in one.itemIDs {
            let (left, right) = (try #require(one.index[id]), try #require(other.index[id]))
            #expect(one.models.popularity.scores[left] == other.models.popularity.scores[right])
        }
    }
}
