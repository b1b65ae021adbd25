import Events
import Profiles
import Recommenders
import ScoringSamples
import Testing

@testable import Scoring

@Suite struct RecommendationDraftTests {
    private let model: ModelBundle
    private var activities = TestActivities()
    private let seen = ExclusionPolicy(excludesSeen: true)

    init() throws {
        model = try TestActivities.bundle()
    }

    private func draft(_ activities: [Activity]) throws -> RecommendationDraft {
        try RecommendationDraft(
            profile: TestActivities.profile(activities),
            bundle: model,
            policy: TestActivities.taste
        )
    }

    @Test mutating func `the list follows the history and names its cause`() throws {
        let draft = try draft([
            activities.make("me", .view, "b1"), activities.make("me", .like, "a1"),
            activities.make("me", .rating, "a2", value: 5),
        ])
        let list = draft.candidates(limit: 5, policy: seen, repeatable: [])
        #expect(draft.id(of: list[0]).hasPrefix("a"))
        let reason = try #require(draft.reason(for: list[0]))
        #expect(["because_you_liked", "because_you_rated"].contains(reason.type))
        #expect(["a1", "a2"].contains(reason.itemID))
    }

    @Test mutating func `consumed and rejected items stay out, repeatable ones may come back`() throws {
        let draft = try draft([
            activities.make("me", .rating, "a1", value: 5), activities.make("me", .rating, "a2", value: 5),
            activities.make("me", .view, "a3"), activities.make("me", .dislike, "a4"),
        ])
        let consumedOnly = ExclusionPolicy(excludesSeen: false)
        func ids(_ policy: ExclusionPolicy, _ repeatable: Set<String>) -> Set<String> {
            Set(draft.candidates(limit: 100, policy: policy, repeatable: repeatable).map(draft.id))
        }
        #expect(ids(seen, []).isDisjoint(with: ["a1", "a2", "a3", "a4"]))
        #expect(ids(consumedOnly, []).contains("a3"))
        #expect(ids(consumedOnly, []).isDisjoint(with: ["a1", "a2", "a4"]))
        #expect(ids(seen, ["a1", "a4"]).contains("a1"))
        #expect(!ids(seen, ["a1", "a4"]).contains("a4"))
        #expect(Set(draft.itemsUsedUp(by: seen)) == ["a1", "a2", "a3"])
    }

    @Test mutating func `an item taken out of the history lowers what it was the reason for`() throws {
        let history = [
            activities.make("me", .like, "a1"), activities.make("me", .like, "b1"),
            activities.make("me", .like, "b2"), activities.make("me", .like, "b3"),
        ]
        let before = try draft(history)
        let after = try draft(Array(history.dropFirst()))
        let list = before.candidates(limit: 50, policy: seen, repeatable: [])
        let caused = list.filter { before.reason(for: $0)?.itemID == "a1" && $0.score > 0.05 }
        #expect(!caused.isEmpty)
        let lowered = after.candidates(limit: 50, policy: seen, repeatable: [])
        for candidate in caused {
            let left = lowered.first { $0.item == candidate.item && $0.sources.first?.source != .popular }?.score ?? 0
            #expect(left < candidate.score)
        }
    }

    @Test mutating func `low ratings are no positives, and unknown items are no obstacle`() throws {
        let taste = Taste(
            TestActivities.profile([
                activities.make("me", .rating, "a1", value: 2.5), activities.make("me", .rating, "a2", value: 3),
                activities.make("me", .view, "never seen by a model"),
            ]),
            policy: TestActivities.taste,
            index: model.index
        )
        #expect(taste.history.map { model.itemIDs[$0.item] } == ["a2"])
    }

    @Test func `somebody without a history gets what is popular`() throws {
        let list = try draft([]).candidates(limit: 5, policy: seen, repeatable: [])
        #expect(list.count == 5)
        #expect(list.allSatisfy { $0.sources.first?.source == .popular })
    }
}
