import Testing

@testable import Threading

@Suite struct BackoffTests {
    private struct Highest: RandomNumberGenerator {
        func next() -> UInt64 { .max }
    }

    @Test func `waits double up to the maximum and start again after success`() {
        var backoff = Backoff(initial: .milliseconds(100), maximum: .seconds(1))
        var generator = Highest()
        let waits = (0..<6).map { _ in backoff.next(using: &generator) / .milliseconds(100) }
        for (wait, expected) in zip(waits, [1.0, 2, 4, 8, 10, 10]) { #expect(abs(wait - expected) < 1e-6) }
        backoff.reset()
        #expect(abs(backoff.next(using: &generator) / .milliseconds(100) - 1) < 1e-6)
    }

    @Test func `jitter keeps a wait between half and whole`() {
        for _ in 0..<100 {
            var backoff = Backoff(initial: .seconds(1), maximum: .seconds(8))
            let wait = backoff.next()
            #expect(wait >= .milliseconds(500) && wait <= .seconds(1))
        }
    }

    @Test func `many failures do not overflow`() {
        var backoff = Backoff(initial: .seconds(60), maximum: .seconds(60))
        for _ in 0..<100 { #expect(backoff.next() <= .seconds(60)) }
    }
}
