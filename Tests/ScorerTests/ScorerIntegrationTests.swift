import Catalog
import Events
import Foundation
import Kafka
import Logging
import Profiles
import Redis
import ServiceSupport
import Stores
import TestSupport
import ScoringSamples
import Testing

@testable import Scorer

/// The whole scorer against a broker and a real Redis: activities and profiles in, lists out.
@Suite(.serialized) struct ScorerIntegrationTests {
    @Test(.timeLimit(.minutes(3))) func `lists follow the profile, and a restart goes on with model and matrix`()
        async throws
    {
        try await ScorerEnvironment.with { environment in
            var activities = TestActivities()
            try await environment.produce(activities.twoWorlds())
            let me = UserKey(userID: "me")
            let other = UserKey(userID: "other")
            try await environment.setProfile(other, [activities.make("other", .like, "a5")])
            try await environment.setProfile(
                me,
                [activities.make("me", .like, "a1"), activities.make("me", .view, "a2")]
            )

            let first = try await environment.whileScoring { () -> RecommendationList in
                let list = try await environment.list(of: me, revision: 2)
                let best = try #require(list.entries.first)
                #expect(best.itemID.hasPrefix("a"))
                #expect(["a1", "a2"].contains(best.reason?.itemID ?? ""))
                #expect(!list.entries.contains { ["a1", "a2"].contains($0.itemID) })

                // What the user does now is in the list a moment later, and nobody else's list follows.
                _ = try await environment.list(of: other, revision: 1)
                var history = [activities.make("me", .like, "a1"), activities.make("me", .view, "a2")]
                history += (1...3).map { activities.make("me", .like, "b\($0)") }
                try await environment.setProfile(me, history)
                let changed = try await environment.list(of: me, revision: 5)
                #expect(changed.entries.first?.itemID.hasPrefix("b") == true)
                #expect(changed.entries.first?.reason?.type == "because_you_liked")
                let after = try await environment.list(of: other, revision: 1)
                // What is trending now may have been added meanwhile; the taste that leads is still the user's own.
                #expect(after.entries.prefix(5).allSatisfy { $0.itemID.hasPrefix("a") })

                try await untilTrue {
                    let similar = try await environment.lists.similar(to: "a1") ?? []
                    let trending = try await environment.lists.trending(scope: "all") ?? []
                    return similar.first?.itemID.hasPrefix("a") == true && !trending.isEmpty
                }
                return changed
            }

            // The model comes back from the registry, the matrix from its snapshot: nothing new, no training.
            try await environment.setProfile(
                me,
                [activities.make("me", .like, "a1")] + (0..<6).map { _ in activities.make("me", .like, "a3") }
            )
            try await environment.whileScoring {
                let list = try await environment.list(of: me, revision: 7)
                #expect(list.modelVersion == first.modelVersion)
                #expect(list.entries.first?.itemID.hasPrefix("a") == true)
                // New activities train a new model, and the active user's list is made again with it.
                try await environment.produce(
                    (0..<8).map { _ in activities.make("late", .like, "c1") } + [activities.make("late", .like, "a1")]
                )
                try await untilTrue(within: .seconds(20)) {
                    try await environment.lists.list(for: me)?.modelVersion ?? 0 > first.modelVersion
                }
                // A training may begin before the last of them has been read.
                try await untilTrue {
                    environment.metrics.render().contains("scorer_matrix_activities_total 329")
                }
            }
            let metrics = environment.metrics.render()
            #expect(metrics.contains("scorer_matrix_activities_total 329"), "the snapshot's activities count once")
        }
    }

    @Test(.timeLimit(.minutes(2))) func `unavailable items stay out, repeatable ones may return`() async throws {
        try await ScorerEnvironment.with { environment in
            var activities = TestActivities()
            try await environment.produce(activities.twoWorlds())
            let catalog = CatalogStore(redis: environment.redis, keys: environment.keys)
            let entries = [("a3", false, false), ("a1", true, true)].enumerated().map { offset, entry in
                CatalogStore.Entry(
                    id: entry.0,
                    item: CatalogItem(id: entry.0, title: entry.0, isRepeatable: entry.1, isAvailable: entry.2),
                    generation: 1,
                    offset: Int64(offset)
                )
            }
            _ = try await catalog.write(entries)
            let me = UserKey(userID: "me")
            try await environment.setProfile(
                me,
                [activities.make("me", .purchase, "a1"), activities.make("me", .purchase, "a2")]
            )
            try await environment.whileScoring {
                let ids = Set(try await environment.list(of: me, revision: 2).entries.map(\.itemID))
                #expect(ids.contains("a1"))
                #expect(ids.isDisjoint(with: ["a2", "a3"]))
            }
        }
    }
}
