import Events
import Foundation
import Sessions
import Testing

/// Events of one user that a test applies: a million when `FRESHET_LONG_TESTS` is set.
private let eventCount = ProcessInfo.processInfo.environment["FRESHET_LONG_TESTS"] == nil ? 20_000 : 1_000_000

@Suite("A user who does nothing else", .timeLimit(.minutes(5)))
struct HotUserTests {
    @Test func `a stream state stays within its cap, and what it forgets is counted`() {
        let policy = SessionPolicy()
        let user = UserKey(userID: "bot")
        var state = StreamState()
        var (largest, rewrites, forgotten) = (0, 0, 0)
        for number in 0..<eventCount {
            let now = Timestamp(milliseconds: 1_700_000_000_000 + Int64(number))
            let source = SourceCoordinates(generation: 1, topic: .views, partition: 0, offset: Int64(number))
            _ = state.apply(source, eventID: "e\(number)", time: now, receivedAt: now, user: user, policy: policy)
            largest = max(largest, state.seen.entries.count)
            if number % 500 == 499 {
                // A batch is written: the stored list is appended to, or, after a trim, written anew.
                if state.seen.storedCount == nil { rewrites += 1 }
                forgotten += state.seen.overflow
                state.seen.markStored()
            }
        }
        // docs/delivery.md: 4,096 ids and a quarter of slack, 12 bytes each.
        #expect(largest <= 5_121)
        #expect(state.processed == eventCount)
        #expect(state.fence.entries.count == 1)
        // The list is rewritten about once per quarter of its length, not with every batch's events.
        #expect(rewrites <= eventCount / 1024 + 1)
        #expect(forgotten >= eventCount - 5_121 - 1024)
    }
}
