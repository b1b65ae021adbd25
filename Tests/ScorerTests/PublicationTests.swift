import Events
import Foundation
import Kafka
import Redis
import Scoring
import ScoringSamples
import ServiceSupport
import Stores
import TestSupport
import Testing

@testable import Scorer

/// What is published and what is not, through the whole scorer against a broker and a real Redis.
@Suite(.serialized) struct PublicationTests {
    @Test(.timeLimit(.minutes(2)), arguments: [false, true])
    func `a damaged model is refused, or taken back for its click-through, while lists stay served`(
        inDirectory: Bool
    ) async throws {
        try await withEnvironments { make in
            var flags = ["training.interval": "1h"]
            if inDirectory { flags["models.registry"] = make.directory + "/registry" }
            let environment = try make.environment(flags)
            try await environment.createTopics(embedded: make.embedded)
            var activities = TestActivities()
            try await environment.produce(Self.worlds(&activities))
            let me = UserKey(userID: "me")
            try await environment.setProfile(
                me,
                [activities.make("me", .like, "a1"), activities.make("me", .view, "a2")]
            )
            try await environment.whileScoring {
                let list = try await environment.list(of: me, revision: 2)
                #expect(list.entries.first?.itemID.hasPrefix("a") == true)
                let models = environment.models
                let good = try #require(try await models.artefact(of: ModelBundle.name, version: 1))
                let damaged = try Self.damaged(good)

                // With the guard.
                let id = try await models.submit(damaged, name: ModelBundle.name)
                try await untilTrue(within: .seconds(20)) {
                    let refusals = try await models.refusals(of: ModelBundle.name)
                    return refusals.contains { $0.candidate == id && $0.reason.contains("ndcg@10") }
                }
                let unchanged = try await models.currentVersion(of: ModelBundle.name)
                #expect(unchanged == 1)
                let goodID = try await models.submit(good, name: ModelBundle.name)
                try await untilTrue(within: .seconds(20)) {
                    try await models.records(of: ModelBundle.name).first?.candidate == goodID
                }

                // Past the guard: version 3 is damaged, and users click less.
                try await environment.produce(Self.clicks(&activities, version: 2, shown: 2_000, clicked: 100))
                let forced = try await models.publish(
                    damaged,
                    name: ModelBundle.name,
                    after: 2,
                    record: ModelRecord(origin: .forced, publishedAt: .now)
                )
                #expect(forced == 3)
                try await environment.produce(Self.clicks(&activities, version: 3, shown: 2_000, clicked: 2))
                try await untilTrue(within: .seconds(30)) {
                    let served = try await environment.lists.list(for: me)
                    #expect(served?.entries.isEmpty == false)
                    let newest = try await models.records(of: ModelBundle.name).first
                    return newest?.version == 4 && newest?.restores == 2 && newest?.replaces == 3
                }
                let restored = try await models.artefact(of: ModelBundle.name, version: 4)
                #expect(restored == good)
                try await untilTrue(within: .seconds(20)) {
                    try await environment.lists.list(for: me)?.modelVersion == 4
                }
                let metrics = environment.metrics.render()
                #expect(metrics.contains("scorer_models_refused_total 1"))
                #expect(metrics.contains("scorer_models_rolled_back_total 1"))
            }
        }
    }

    @Test(.timeLimit(.minutes(2))) func `two trainers at once leave one version after the other`() async throws {
        try await withEnvironments { make in
            let one = try make.environment(["training.interval": "200ms"])
            let other = try make.environment([
                "training.interval": "200ms", "kafka.group": "\(make.prefix)other",
                "data.dir": make.directory + "/other",
            ])
            try await one.createTopics(embedded: make.embedded)
            var activities = TestActivities()
            try await one.produce(Self.worlds(&activities))
            try await one.whileScoring {
                try await other.whileScoring {
                    var version: UInt64 = 0
                    while version < 5 {
                        try await one.produce((0..<30).map { activities.make("w\($0 % 7)", .like, "a\($0 % 10)") })
                        let before = version
                        version = try await retrying(within: .seconds(20)) {
                            let now = try await one.models.currentVersion(of: ModelBundle.name)
                            guard now > before else { throw NothingNew() }
                            return now
                        }
                        // What the pointer names is always there and whole.
                        let artefact = try await one.models.artefact(of: ModelBundle.name, version: version)
                        let current = try await one.models.currentVersion(of: ModelBundle.name)
                        if let artefact {
                            _ = try ModelBundle(version: version, artefact: artefact)
                        } else {
                            #expect(current > version + 1, "version \(version) has no artefact")
                        }
                    }
                }
            }
            let records = try await one.models.records(of: ModelBundle.name)
            #expect(records.map(\.version) == (1...UInt64(records.count)).reversed())
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `a trainer that ends half-way leaves a whole version, and the next completes it`()
        async throws
    {
        try await withEnvironments { make in
            let environment = try make.environment(["training.interval": "100ms"])
            try await environment.createTopics(embedded: make.embedded)
            var activities = TestActivities()
            try await environment.produce(Self.worlds(&activities))
            for pause in [3_300, 3_450, 3_600] {
                try await environment.produce((0..<30).map { activities.make("w\($0 % 7)", .like, "b\($0 % 10)") })
                try await environment.whileScoring { try await Task.sleep(for: .milliseconds(pause)) }
                let version = try await environment.models.currentVersion(of: ModelBundle.name)
                if version > 0 {
                    let bytes = try #require(
                        try await environment.models.artefact(of: ModelBundle.name, version: version)
                    )
                    _ = try ModelBundle(version: version, artefact: bytes)
                }
            }
            try await environment.whileScoring {
                try await untilTrue(within: .seconds(30)) {
                    let version = try await environment.models.currentVersion(of: ModelBundle.name)
                    let announced = try await environment.models.announcedVersion(of: ModelBundle.name)
                    return version > 0 && announced == version
                }
            }
        }
    }

    /// Two hundred users in two worlds, first each with five items, then, later, each with two more.
    private static func worlds(_ activities: inout TestActivities) -> [Activity] {
        var all: [Activity] = []
        for steps in [0..<5, 5..<7] {
            for user in 0..<200 {
                for step in steps {
                    let world = user.isMultiple(of: 2) ? "a" : "b"
                    all.append(activities.make("u\(user)", .like, "\(world)\((user * 3 + step) % 10)"))
                }
            }
        }
        return all
    }

    /// The same models with their factors given to other items, half of them of the other world.
    private static func damaged(_ artefact: [UInt8]) throws -> [UInt8] {
        let bundle = try ModelBundle(version: 0, artefact: artefact)
        let ids = bundle.itemIDs.sorted()
        let turned = Dictionary(uniqueKeysWithValues: zip(ids, ids.dropFirst(5) + ids.prefix(5)))
        return try ModelBundle(
            itemIDs: bundle.itemIDs.map { turned[$0] ?? $0 },
            models: bundle.models,
            info: bundle.info
        ).artefact()
    }

    private static func clicks(
        _ activities: inout TestActivities,
        version: UInt64,
        shown: Int,
        clicked: Int
    ) -> [Activity] {
        var recommendation = Event.Recommendation()
        recommendation.policy = "blend@\(version)"
        var all: [Activity] = []
        for number in 0..<shown / 20 {
            var activity = activities.make("s\(number)", .impression, "a0")
            activity.event.itemID = nil
            activity.event.items = (0..<20).map { "a\($0)" }
            activity.event.recommendation = recommendation
            all.append(activity)
        }
        for number in 0..<clicked {
            var activity = activities.make("s\(number)", .click, "a\(number % 10)")
            activity.event.recommendation = recommendation
            all.append(activity)
        }
        return all
    }

    /// Makes environments on the same topics and Redis.
    private struct Maker {
        let kafka: KafkaClientSettings
        let redisAddress: String
        let prefix: String
        let directory: String
        let embedded: EmbeddedBroker?

        func environment(_ flags: [String: String]) throws -> ScorerEnvironment {
            try ScorerEnvironment(
                kafka: kafka,
                redisAddress: redisAddress,
                prefix: prefix,
                directory: directory,
                partitions: 2,
                overriding: flags
            )
        }
    }

    private func withEnvironments(_ body: (Maker) async throws -> Void) async throws {
        try await withRedis { url in
            try await withBroker(topics: [:]) { kafka, broker in
                let directory = FileManager.default.temporaryDirectory.appending(
                    path: "freshet-scorer-\(UUID().uuidString)"
                )
                defer { try? FileManager.default.removeItem(at: directory) }
                let credentials = url.password.map { "\(url.user ?? ""):\($0)@" } ?? ""
                try await body(
                    Maker(
                        kafka: kafka,
                        redisAddress: "redis://\(credentials)\(url.host):\(url.port)/\(url.database)",
                        prefix: broker.group("scorer") + ".",
                        directory: directory.path(),
                        embedded: broker.embedded
                    )
                )
            }
        }
    }
}

/// No other version yet.
private struct NothingNew: Error {}
