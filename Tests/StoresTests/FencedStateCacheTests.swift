import Events
import Testing

@testable import Stores

@Suite("The cache of states")
struct FencedStateCacheTests {
    private func user(_ number: Int) -> UserKey { UserKey(userID: "u\(number)") }

    @Test func `heavy states do not pass the limit of bytes`() {
        let cache = FencedStateCache<Int>(.init(users: 1000, bytes: 100) { $0 })
        for number in 0..<50 {
            cache.store([user(number): number, user(number + 1000): nil], epoch: 0)
            #expect(cache.bytes <= 100)
        }
        #expect(cache.states(of: [user(49)], epoch: 0) == [user(49): 49])
        // Larger than everything: not remembered, and what it replaces is gone.
        cache.store([user(49): 101], epoch: 0)
        #expect(cache.states(of: [user(49)], epoch: 0).isEmpty)
    }

    @Test func `a state that is written again counts once`() {
        let cache = FencedStateCache<Int>(.init(users: 1000, bytes: 100) { $0 })
        for _ in 0..<10 { cache.store([user(1): 60], epoch: 0) }
        #expect(cache.bytes == 60)
        cache.forget([user(1), user(2)])
        #expect(cache.bytes == 0)
    }
}
