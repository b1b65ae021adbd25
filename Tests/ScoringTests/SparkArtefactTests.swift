import Foundation
import Recommenders
import Scoring
import Testing

/// Artefacts that `deploy/spark` wrote.
@Suite struct SparkArtefactTests {
    private static let sample = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Spark/sample.freshmdl")

    @Test func `the sample of the Python writer is a bundle that folds users in as Spark does`() throws {
        let bundle = try ModelBundle(version: 3, artefact: Array(Data(contentsOf: Self.sample)))
        #expect(bundle.itemIDs == ["1", "a \"quoted\", one", "ü"])
        #expect(bundle.info.plan == "spark-sample" && bundle.info.interactions == 2)
        #expect(bundle.models.popularity.scores == [2, 1, 0])
        let als = try #require(bundle.models.als)
        #expect(als.parameters.objective == .weightedRegularization)
        // (I + 2·3·y₀y₀ᵀ + 2·0.1·I) x = (1 + 2·3) y₀ for the first factor, (I + 2·1·y₁y₁ᵀ + 0.2·I) x = 3 y₁ for the second.
        let vector = try als.foldIn([WeightedItem(item: 0, weight: 3), WeightedItem(item: 1, weight: 1)])
        #expect(abs(vector[0] - 7 / 7.2) < 1e-6 && abs(vector[1] - 3 / 3.2) < 1e-6)
    }

    private struct User: Decodable {
        struct Interaction: Decodable {
            var item: String
            var weight: Float
        }
        struct Entry: Decodable {
            var item: String
            var score: Float
        }
        var user: String
        var history: [Interaction]
        var vector: [Float]
        var list: [Entry]
    }

    /// A folder with `blend.freshmdl` and `proof.json` of `train.py --proof`; `make spark-test` names it.
    private static let folder = ProcessInfo.processInfo.environment["FRESHET_SPARK"]

    @Test(.enabled(if: folder != nil)) func `vectors and lists are Spark's own`() throws {
        let folder = URL(filePath: try #require(Self.folder))
        let bundle = try ModelBundle(
            version: 1,
            artefact: Array(Data(contentsOf: folder.appending(path: "blend.freshmdl")))
        )
        let users = try JSONDecoder().decode([User].self, from: Data(contentsOf: folder.appending(path: "proof.json")))
        let als = try #require(bundle.models.als)
        var worst: Float = 0
        var lists = 0
        for user in users {
            let history = try user.history.map {
                WeightedItem(item: try #require(bundle.index[$0.item]), weight: $0.weight)
            }
            let scorer = try als.scorer(for: history)
            let vector = try als.foldIn(history)
            let distance = zip(vector, user.vector).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
            let length = user.vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
            worst = max(worst, distance / length)
            let list = scorer.top(user.list.count, excluding: ItemSet(history.map(\.item)))
            lists += list.map { bundle.itemIDs[$0.item] } == user.list.map(\.item) ? 1 : 0
            for (own, theirs) in zip(list, user.list) { #expect(abs(own.score - theirs.score) < 1e-4, "\(user.user)") }
        }
        print("Spark: \(users.count) users, vectors at most \(worst) apart, \(lists) lists the same")
        #expect(users.count >= 50 && worst < 1e-3)
        // Scores that are equal but for rounding may change places.
        #expect(lists >= users.count - 1)
    }
}
