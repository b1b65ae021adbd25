import Events
import Foundation
import Profiles
import Sessions
import Testing

@testable import ProfileUpdater
@testable import Stores

/// Events of one user that a test folds: a million when `FRESHET_LONG_TESTS` is set.
private let eventCount = ProcessInfo.processInfo.environment["FRESHET_LONG_TESTS"] == nil ? 20_000 : 1_000_000

@Suite("A user who does nothing else", .timeLimit(.minutes(5)))
struct HotUserTests {
    private let user = UserKey(userID: "bot")
    private let time = Timestamp(milliseconds: 1_700_000_000_000)

    @Test func `a profile stays within its caps, whatever one user sends`() throws {
        let policy = ProfilePolicy()
        var state: FencedProfile?
        for start in stride(from: 0, to: eventCount, by: 10_000) {
            var folding = ProfileFolding(loaded: [user: .state(state)], policy: policy, fencing: .enforced)
            for number in start..<start + 10_000 { folding.fold(ActivityFacts(activity(number))) }
            // A batch is one write, however many of its events are this user's.
            #expect(folding.writes.count == 1)
            state = folding.writes.first?.state
        }
        let profile = try #require(state)
        #expect(profile.profile.revision == UInt64(eventCount))
        #expect(profile.profile.items.count == policy.maximumItems)
        #expect(profile.profile.items["item-\(eventCount - 1)"] != nil)
        for table in [profile.profile.categories, profile.profile.tags, profile.profile.creators] {
            #expect(table.masses.count == policy.maximumAffinities)
        }
        let bytes = ProfileCodec.encode(profile).count
        // docs/delivery.md: per item its id and at most 32 bytes, per name its text and at most 20.
        #expect(bytes <= policy.maximumItems * (12 + 32) + 3 * policy.maximumAffinities * (16 + 20) + 1024)
        #expect(profile.approximateBytes < 1 << 20)
    }

    @Test func `an event about as many items as are allowed is one write of counts`() {
        var counting = ItemCounting(fence: Fence(), fencing: .enforced)
        for offset in 0..<3 {
            var shown = activity(offset)
            shown.source = SourceCoordinates(generation: 1, topic: .impressions, partition: 0, offset: Int64(offset))
            shown.event.items = (0..<EventLimits().maximumItems).map { "shown-\(offset)-\($0)" }
            counting.add(ActivityFacts(shown))
        }
        counting.finish()
        #expect(counting.chunks.count == 3)
        #expect(counting.chunks.allSatisfy { $0.fieldCount == 3 * 201 })
    }

    private func activity(_ number: Int) -> Activity {
        Activity(
            event: Event(
                eventID: "e\(number)",
                type: .view,
                userID: "bot",
                itemID: "item-\(number)",
                timestamp: Timestamp(milliseconds: time.milliseconds + Int64(number))
            ),
            user: user,
            source: SourceCoordinates(generation: 1, topic: .views, partition: 0, offset: Int64(number)),
            receivedAt: Timestamp(milliseconds: time.milliseconds + Int64(number)),
            session: Activity.Session(user: user, start: time),
            item: Activity.ItemFacts(
                categories: ["category-\(number % 977)"],
                tags: ["tag-\(number % 1009)", "tag-\(number % 499)"],
                creator: "creator-\(number)"
            )
        )
    }
}
