import Catalog
import Events
import Foundation
import Kafka
import Profiles
import PublishedLists
import Recommenders
import Redis
import Scoring
import ScoringSamples
import ServiceSupport
import Stores
import TestSupport
import Testing

@testable import Scorer

/// Items and users of which little is known, in front of the whole scorer.
@Suite(.serialized) struct ColdStartTests {
    @Test(.timeLimit(.minutes(2))) func `an item without events is in lists at once, and the lists can be made again`()
        async throws
    {
        try await ScorerEnvironment.with { environment in
            var activities = TestActivities()
            var bundle = try TestActivities.bundle()
            var models = bundle.models
            models.content = try ContentModel.fit(
                bundle.itemIDs.map { ItemContent(tags: [["world-\($0.prefix(1))"], ["all"]]) }
            )
            bundle = try ModelBundle(itemIDs: bundle.itemIDs, models: models)
            let registry = ModelStore(redis: environment.redis, keys: environment.keys)
            #expect(
                try await registry.publish(
                    bundle.artefact(),
                    name: ModelBundle.name,
                    after: 0,
                    record: ModelRecord(origin: .training, publishedAt: .now)
                ) == 1
            )
            let me = UserKey(userID: "me")
            let users = [me] + (0..<20).map { UserKey(userID: "other\($0)") }
            for (number, user) in users.enumerated() {
                let world = number.isMultiple(of: 2) ? "a" : "b"
                let history = (0...number % 3).map { activities.make(user.rawValue, .like, "\(world)\($0)") }
                try await environment.setProfile(user, history)
            }
            try await environment.whileScoring {
                _ = try await environment.list(of: me, revision: 1)
                // Lists that are made from now on propose what is trending, which stays as it is.
                try await untilTrue { try await environment.lists.trending(scope: "all")?.isEmpty == false }
                try await Task.sleep(for: .milliseconds(300))
                try await environment.announce(CatalogItem(id: "new", title: "New", tags: ["world-a", "all"]))
                try await untilTrue {
                    let own = try await environment.lists.similar(to: "new") ?? []
                    let other = try await environment.lists.similar(to: own.first?.itemID ?? "") ?? []
                    let list = try await environment.lists.list(for: me)?.entries ?? []
                    return own.first?.itemID.hasPrefix("a") == true && other.contains { $0.itemID == "new" }
                        && list.contains { $0.itemID == "new" }
                }
                // The same code over what is published gives the same lists, once everybody has been scored again.
                let agreement = ListAgreement(
                    redis: environment.redis,
                    keys: environment.keys,
                    registry: environment.settings.training.registry,
                    settings: environment.settings.lists,
                    newItems: environment.settings.newItems
                )
                try await untilTrue(within: .seconds(20)) {
                    try await agreement.check(users).allSatisfy {
                        if case .agrees(let items) = $0 { items.count > 5 } else { false }
                    }
                }
                // A second click of somebody new moves the list.
                let newcomer = UserKey(userID: "newcomer")
                try await environment.setProfile(newcomer, [activities.make("newcomer", .view, "a1")])
                let first = try await environment.list(of: newcomer, revision: 1)
                try await environment.setProfile(
                    newcomer,
                    [activities.make("newcomer", .view, "a1"), activities.make("newcomer", .view, "b1")]
                )
                let second = try await environment.list(of: newcomer, revision: 2)
                let before = Set(first.entries.prefix(10).map(\.itemID))
                #expect(second.entries.prefix(10).filter { !before.contains($0.itemID) }.count >= 3)
            }
        }
    }
}
