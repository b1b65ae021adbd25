import Events
import Recommenders
import Scoring
import ScoringSamples
import Testing

@testable import Training

@Suite struct ActivityMatrixTests {
    private var activities = TestActivities()
    private static let day: Int64 = 86_400_000

    private func entries(_ matrix: ActivityMatrix, of user: String) -> [ActivityMatrix.Entry] {
        matrix.users[UserKey(userID: user)].map { matrix.rows[Int($0)].entries } ?? []
    }

    @Test mutating func `an activity that comes twice counts once`() throws {
        let first = activities.make("u1", .view, "a")
        let second = activities.make("u1", .view, "a")
        var matrix = TestActivities.matrix([first, second])
        let once = matrix
        for copy in [first, second, first] { matrix.apply(copy, plan: TestActivities.plan) }
        #expect(matrix.rows == once.rows)
        #expect(matrix.applied == 2 && matrix.fenced == 3)
    }

    @Test mutating func `a fence tells topics, partitions and generations apart`() {
        var matrix = ActivityMatrix()
        func apply(_ topic: SignalTopic, _ generation: UInt32, _ offset: Int64, partition: Int32 = 0) -> UInt64 {
            var activity = activities.make("u1", .view, "a")
            activity.source = SourceCoordinates(
                generation: generation,
                topic: topic,
                partition: partition,
                offset: offset
            )
            matrix.apply(activity, plan: TestActivities.plan)
            return matrix.applied
        }
        #expect(apply(.views, 1, 5) == 1)
        #expect(apply(.views, 1, 5) == 1)
        #expect(apply(.clicks, 1, 5) == 2)
        #expect(apply(.conversions, 1, 0) == 3)
        #expect(apply(.clicks, 1, 4) == 3)
        #expect(apply(.views, 2, 0) == 4)
        #expect(apply(.views, 1, 9) == 4)
        #expect(apply(.views, 2, 1, partition: 3) == 5)
    }

    @Test mutating func `strengths add up with decay, whatever their order, each kind by itself`() throws {
        let old = activities.make("u1", .addToCart, "a", at: 0)
        let new = activities.make("u1", .purchase, "a", at: 30 * Self.day)
        let late = activities.make("u1", .purchase, "a", at: 0)
        let view = activities.make("u1", .view, "a", at: 0)
        let matrix = TestActivities.matrix([old, new, late, view])
        let found = entries(matrix, of: "u1")
        #expect(found.map(\.kind) == [.views, .conversions])
        #expect(found[0].sum == 1 && found[0].time == 0)
        #expect(abs(found[1].sum - (4 * 0.5 + 6 + 6 * 0.5)) < 1e-5)
        #expect(found[1].time == 30 * Self.day)
        var plan = TestActivities.plan
        plan.models.cco = CCOParameters()
        let set = try TrainingSet(matrix, plan: plan)
        #expect(Set(set.byKind.keys) == [.views, .conversions])
        #expect(set.matrix.entryCount == 1)
        #expect(abs(set.matrix.byUser.values[0] - 11.5) < 1e-4)
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
            plan: TestActivities.plan
        )
        #expect(Set(set.itemIDs) == ["kept", "fair", "again"])
        #expect(set.matrix.entryCount == 3)
    }

    @Test mutating func `nothing positive is an error, not an empty model`() {
        let matrix = TestActivities.matrix([activities.make("u1", .dislike, "a")])
        #expect(throws: RecommenderError.self) { try TrainingSet(matrix, plan: TestActivities.plan) }
    }

    @Test mutating func `only the latest items and visits of a user are kept`() {
        var plan = TestActivities.plan
        plan.limits.itemsPerUser = 3
        plan.limits.visitsPerUser = 2
        let matrix = TestActivities.matrix((0..<6).map { activities.make("u1", .view, "i\($0)") }, plan: plan)
        #expect(Set(entries(matrix, of: "u1").map { matrix.itemIDs[$0.item] }) == ["i3", "i4", "i5"])
        #expect(matrix.rows[0].visits.map { matrix.itemIDs[Int($0.item)] } == ["i4", "i5"])
    }

    @Test mutating func `users outside of window and limit are forgotten`() {
        var plan = TestActivities.plan
        var matrix = TestActivities.matrix((0..<5).map { activities.make("u\($0)", .view, "a", at: $0 * Self.day) })
        plan.limits.users = 4
        matrix.prune(plan)
        #expect(matrix.keys.map(\.rawValue) == ["u1", "u2", "u3", "u4"])
        plan.windowSeconds = 86_400
        matrix.prune(plan)
        #expect(matrix.keys.map(\.rawValue) == ["u3", "u4"])
        #expect(matrix.users[UserKey(userID: "u4")] == 1)
    }

    @Test mutating func `sessions are what followed in one visit`() throws {
        func visit(_ user: String, _ item: String, _ session: Int64, _ second: Int64) -> Activity {
            var activity = activities.make(user, .view, item, at: session + second * 1000)
            activity.session = Activity.Session(id: "s", start: Timestamp(milliseconds: session))
            return activity
        }
        let all = [
            visit("u1", "a", 0, 1), visit("u1", "b", 0, 3), visit("u1", "b", 0, 4), visit("u1", "c", 0, 2),
            visit("u1", "d", 100_000, 0), visit("u2", "a", 0, 10), visit("u2", "d", 0, 11),
        ]
        let set = try TrainingSet(TestActivities.matrix(all), plan: TestActivities.plan)
        let log = try #require(set.sessions)
        let sessions = (0..<log.count).map { log[$0].map { set.itemIDs[$0.item] } }
        #expect(sessions == [["a", "c", "b"], ["a", "d"]])
    }

    @Test mutating func `a snapshot brings everything back, and damaged bytes are refused`() throws {
        let rated = activities.twoWorlds(users: 6)
        var shown = activities.make("u1", .impression, "a1")
        shown.event.recommendation = Event.Recommendation()
        shown.event.recommendation?.policy = "blend@3"
        let matrix = TestActivities.matrix(
            rated + [shown, activities.make("u1", .dislike, "a1")]
        )
        #expect(matrix.clicks.tallies == [3: .init(shown: 1, clicked: 0)])
        let snapshot = MatrixSnapshot(origin: "1:x", offsets: [0: 7, 11: 0], matrix: matrix, trainedChanges: 5)
        let bytes = snapshot.encoded()
        #expect(try MatrixSnapshot(decoding: bytes) == snapshot)
        for index in stride(from: 0, to: bytes.count, by: 97) {
            var damaged = bytes
            damaged[index] ^= 0x40
            #expect(throws: (any Error).self) { try MatrixSnapshot(decoding: damaged) }
        }
    }

    @Test mutating func `the same activities give the same bundle, whatever their order between users`() throws {
        let all = activities.twoWorlds()
        let byUser = Dictionary(grouping: all, by: \.user).values.flatMap { $0 }
        let fit = BundleFit(plan: TestActivities.plan)
        let one = try fit(TrainingSet(TestActivities.matrix(all), plan: TestActivities.plan))
        let other = try fit(TrainingSet(TestActivities.matrix(byUser), plan: TestActivities.plan))
        #expect(Set(one.itemIDs) == Set(other.itemIDs))
        for id in one.itemIDs {
            let (left, right) = (try #require(one.index[id]), try #require(other.index[id]))
            #expect(one.models.popularity.scores[left] == other.models.popularity.scores[right])
        }
    }
}
