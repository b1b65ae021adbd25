import Events
import Foundation
import Recommenders
import ScoringSamples
import Testing

@testable import Training

/// What `deploy/spark` makes of an export, beside the trainer's own weights.
@Suite struct SparkWeightsTests {
    private struct User: Decodable {
        struct Interaction: Decodable {
            var item: String
            var weight: Float
        }
        var user: String
        var history: [Interaction]
    }

    /// A folder with the export `activity` and `proof.json` of `train.py --proof`; `make spark-test` names it.
    private static let folder = ProcessInfo.processInfo.environment["FRESHET_SPARK"]

    @Test(.enabled(if: folder != nil)) func `users want the same items as much as in the trainer's matrix`() throws {
        let folder = URL(filePath: try #require(Self.folder))
        let users = try JSONDecoder().decode([User].self, from: Data(contentsOf: folder.appending(path: "proof.json")))
        var activities = Dictionary(uniqueKeysWithValues: users.map { ($0.user, [Activity]()) })
        let export = folder.appending(path: "activity")
        for name in try FileManager.default.subpathsOfDirectory(atPath: export.path) where name.hasSuffix(".csv") {
            for line in try String(contentsOf: export.appending(path: name), encoding: .utf8).split(separator: "\n") {
                let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
                guard activities[fields[0]] != nil else { continue }
                activities[fields[0]]?.append(try #require(Self.activity(fields)))
            }
        }
        for user in users {
            // The order of the days is not the one in which the matrix has seen them.
            let own = try #require(activities[user.user]).sorted { $0.source.offset < $1.source.offset }
            let set = try TrainingSet(TestActivities.matrix(own), plan: TestActivities.plan)
            let wanted = set.matrix.byUser.entries(of: 0).map { (set.itemIDs[$0.item], $0.weight) }
            let theirs = Dictionary(uniqueKeysWithValues: user.history.map { ($0.item, $0.weight) })
            #expect(wanted.count == theirs.count)
            for (item, weight) in wanted { #expect(abs(weight - (theirs[item] ?? 0)) < 1e-4, "\(user.user) \(item)") }
        }
        print("Spark: \(users.count) users have the weights of the trainer's matrix")
    }

    private static func activity(_ fields: [String]) -> Activity? {
        guard fields.count == 11, let time = Int64(fields[4]), let start = Int64(fields[5]),
            let received = Int64(fields[6]),
            let topic = SignalTopic(name: fields[7]), let generation = UInt32(fields[8]),
            let partition = Int32(fields[9]),
            let offset = Int64(fields[10])
        else { return nil }
        return Activity(
            event: Event(
                eventID: "e",
                type: EventType(rawValue: fields[2]),
                userID: fields[0],
                itemID: fields[1],
                value: Double(fields[3]),
                timestamp: Timestamp(milliseconds: time)
            ),
            user: UserKey(rawValue: fields[0]),
            source: SourceCoordinates(generation: generation, topic: topic, partition: partition, offset: offset),
            receivedAt: Timestamp(milliseconds: received),
            session: Activity.Session(id: "s", start: Timestamp(milliseconds: start))
        )
    }
}
