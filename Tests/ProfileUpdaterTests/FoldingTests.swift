import Events
import Profiles
import Sessions
import Stores
import Testing

@testable import ProfileUpdater

@Suite("Folding activity into profiles and counts")
struct FoldingTests {
    private let user = UserKey(userID: "u1")
    private let time = Timestamp(milliseconds: 1_700_000_000_000)

    @Test func `copies of the same coordinates count once, in one batch and in the next`() throws {
        var first = ProfileFolding(loaded: [user: .state(nil)], policy: ProfilePolicy(), fencing: .enforced)
        for offset: Int64 in [0, 1, 0, 1, 2] { first.fold(activity(offset)) }
        #expect(first.applied == 3)
        #expect(first.redelivered == 2)
        let state = try #require(first.writes.first?.state)
        #expect(state.profile.revision == 3)

        var next = ProfileFolding(loaded: [user: .state(state)], policy: ProfilePolicy(), fencing: .enforced)
        next.fold(activity(2))
        #expect(next.writes.isEmpty)
        // A repeated notice is harmless, a missing one is not.
        #expect(next.notices.map(\.revision) == [3])
    }

    @Test func `without fences the same copies count again`() {
        var folding = ProfileFolding(loaded: [:], policy: ProfilePolicy(), fencing: .disabledForTest)
        folding.fold(activity(0))
        folding.fold(activity(1))
        #expect(folding.applied == 2)
    }

    @Test func `counts are cut into chunks that each move the fence`() {
        var counting = ItemCounting(fence: Fence(), fencing: .enforced)
        for offset in 0..<400 { counting.add(activity(Int64(offset), item: "i\(offset)")) }
        counting.add(activity(399))
        counting.finish()
        #expect(counting.redelivered == 1)
        #expect(counting.chunks.allSatisfy { $0.fieldCount <= CountShardStore.maximumFields })
        let amounts = counting.chunks.flatMap(\.increments).map { $0.amount * $0.windows.count }
        #expect(amounts.reduce(0, +) == 3 * 400)
        let ends = counting.chunks.compactMap { $0.fence.entries[.views]?.offset }
        #expect(ends == ends.sorted())
        #expect(ends.last == 399)
    }

    @Test func `the items of an impression stay in one chunk, however many`() {
        var counting = ItemCounting(fence: Fence(), fencing: .enforced)
        counting.add(activity(0))
        var impression = activity(1)
        impression.source.topic = .impressions
        impression.items = (0..<EventLimits().maximumItems).map { "i\($0)" }
        counting.add(impression)
        counting.finish()
        #expect(counting.chunks.map(\.fieldCount) == [3, 3 * (EventLimits().maximumItems + 1)])
    }

    @Test func `windows past their retention are not written, the fence moves all the same`() {
        var counting = ItemCounting(fence: Fence(), fencing: .enforced)
        var old = activity(5)
        old.effectiveTime = Timestamp(milliseconds: time.milliseconds - 400 * 86_400_000)
        counting.add(old)
        counting.finish()
        #expect(counting.chunks.map(\.fieldCount) == [0])
        #expect(counting.chunks.first?.fence.entries[.views]?.offset == 5)
    }

    private func activity(_ offset: Int64, item: String = "i") -> ActivityFacts {
        ActivityFacts(
            Activity(
                event: Event(eventID: "e\(offset)", type: .view, userID: "u1", itemID: item, timestamp: time),
                user: user,
                source: SourceCoordinates(generation: 1, topic: .views, partition: 0, offset: offset),
                receivedAt: time,
                session: Activity.Session(user: user, start: time)
            )
        )
    }
}
