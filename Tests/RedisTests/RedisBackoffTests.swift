import Testing

@testable import Redis

@Suite struct RedisBackoffTests {
    @Test func `pauses double up to the bound, with jitter below it`() {
        var backoff = RedisBackoff(minimum: .milliseconds(50), maximum: .seconds(1))
        for bound in [50, 100, 200, 400, 800, 1_000, 1_000] as [UInt64] {
            let pause = backoff.next()
            #expect(pause >= bound * 500_000 && pause <= bound * 1_000_000)
        }
    }

    @Test func `a success starts over`() {
        var backoff = RedisBackoff(minimum: .milliseconds(50), maximum: .seconds(1))
        for _ in 0..<5 { _ = backoff.next() }
        backoff.reset()
        #expect(backoff.next() <= 50_000_000)
    }
}
