import Events
import Kafka
import PublishedLists
import Recommenders
import ServiceSupport
import Stores
import Scoring
import ScoringSamples
import Testing

@testable import Scorer

@Suite struct ScoringPartsTests {
    @Test func `the notices of a batch coalesce to one per user`() {
        let batch = ["u1", "u2", "u1", "u3", "u2"].enumerated().map { offset, user in
            KafkaMessage(
                topic: "t",
                partition: 0,
                offset: Int64(offset),
                timestamp: 0,
                key: Array(user.utf8),
                value: nil
            )
        }
        #expect(ProfileNoticeWorker.users(of: batch).map(\.rawValue) == ["u1", "u2", "u3"])
    }

    @Test func `the latest active users are remembered, without those of lost partitions`() {
        let users = ActiveUsers(limit: 10)
        for number in 0..<30 { users.note([UserKey(userID: "u\(number)")], partition: Int32(number % 2)) }
        #expect(users.all.count <= 10)
        #expect(users.all.first?.rawValue == "u29")
        users.forget(partition: 1)
        #expect(users.all.first?.rawValue == "u28")
        #expect(users.all.count <= 5)
    }

    @Test func `training is due with the first data, on the interval, and when the data has grown`() {
        let schedule = TrainingSchedule(interval: .seconds(60))
        func isDue(_ elapsed: Duration?, _ untrained: UInt64, _ total: UInt64, _ hasModel: Bool = true) -> Bool {
            schedule.isDue(sinceLast: elapsed, untrained: untrained, total: total, hasModel: hasModel)
        }
        #expect(!isDue(nil, 0, 0, false))
        #expect(isDue(nil, 3, 3, false))
        #expect(isDue(nil, 0, 100, false), "the registry lost its model")
        #expect(!isDue(.seconds(100), 0, 100))
        #expect(isDue(.seconds(61), 1, 100))
        #expect(!isDue(.seconds(10), 10, 100))
        #expect(isDue(.seconds(10), 50, 100))
        #expect(!isDue(.seconds(1), 50, 100))
    }

    @Test func `trending is this hour's burst, then the week, then what is popular`() throws {
        let model = try TestActivities.bundle()
        let ranked = try TrendingLists.rank(
            windows: [["new": 3], ["new": 3, "b2": 1], ["b2": 5]],
            weights: [0.5, 0.3, 0.15],
            evidence: 10,
            model: model,
            length: 4
        )
        #expect(ranked.prefix(2).map(\.itemID) == ["new", "b2"])
        let quiet = try TrendingLists.rank(
            windows: [[:], [:], [:]],
            weights: [0.5, 0.3, 0.15],
            evidence: 10,
            model: model,
            length: 4
        )
        #expect(quiet.count == 4)
        let nothing = try TrendingLists.rank(windows: [], weights: [], evidence: 1, model: nil, length: 4)
        #expect(nothing.isEmpty)
    }

    @Test func `an older model never replaces a newer one`() throws {
        let current = CurrentModel()
        #expect(current.replace(with: try TestActivities.bundle(version: 3)))
        #expect(!current.replace(with: try TestActivities.bundle(version: 3)))
        #expect(!current.replace(with: try TestActivities.bundle(version: 2)))
        #expect(current.value?.version == 3)
    }

    @Test func `who waits for the role is told of it`() async {
        let role = TrainerRole()
        async let held: Void = role.wait(untilHeld: true)
        role.take()
        await held
        #expect(role.isHeld)
        role.release()
        await role.wait(untilHeld: false)
        let waiting = Task { await role.wait(untilHeld: true) }
        waiting.cancel()
        await waiting.value
    }

    @Test func `settings have defaults and refuse nonsense`() throws {
        #expect(try ScorerSettings(from: .defaults()).lists.length == 50)
        #expect(throws: SettingsError.self) {
            try ScorerSettings(from: SettingsReader(flags: ["training.interval": "soon"]))
        }
    }
}
