import Events
import Testing
import Training

@Suite struct GuardTests {
    @Test func `a fall within the allowance, or within chance, is no refusal`() {
        let guardian = PublicationGuard(drop: 0.1, minimumUsers: 4)
        let serving = (0..<100).map { Double($0 % 10) / 10 }
        #expect(!guardian.verdict(candidate: serving, serving: serving).isRefused)
        #expect(!guardian.verdict(candidate: serving.map { $0 * 0.95 }, serving: serving).isRefused)
        #expect(guardian.verdict(candidate: serving.map { $0 * 0.8 }, serving: serving).isRefused)
        // One of a hundred users lost everything: lower by a fifth for few, but that may be chance.
        let few = [1.0, 0.1, 0.1, 0.1, 0.1]
        #expect(!guardian.verdict(candidate: [0.5, 0.1, 0.1, 0.1, 0.1], serving: few).isRefused)
        #expect(!PublicationGuard(minimumUsers: 200).verdict(candidate: [0], serving: [1]).isRefused)
        #expect(!guardian.verdict(candidate: [], serving: []).isRefused)
    }

    @Test func `click-through is judged once there is enough of it`() {
        let guardian = ClickGuard(drop: 0.2, minimumShown: 500)
        let before = ClickCounts.Tally(shown: 20_000, clicked: 1_000)
        #expect(!guardian.isHarmful(.init(shown: 400, clicked: 0), before: before))
        #expect(guardian.isHarmful(.init(shown: 2_000, clicked: 10), before: before))
        #expect(!guardian.isHarmful(.init(shown: 2_000, clicked: 95), before: before))
        #expect(!guardian.isHarmful(.init(shown: 2_000, clicked: 200), before: before))
        #expect(!guardian.isHarmful(.init(shown: 2_000, clicked: 10), before: .init(shown: 100, clicked: 50)))
        #expect(!guardian.isHarmful(.init(shown: 2_000, clicked: 0), before: .init(shown: 9_000, clicked: 0)))
        // More clicks than were shown are no more than all.
        #expect(!guardian.isHarmful(.init(shown: 1_000, clicked: 9_000), before: before))
    }

    @Test func `looking after every item shown does not raise false alarms`() {
        var alarms = 0
        for seed in 0..<200 {
            var random = Randomness(state: UInt64(seed) &* 0x9e37_79b9 &+ 1)
            var tally = ClickCounts.Tally()
            let before = ClickCounts.Tally(shown: 20_000, clicked: 1_000)
            let guardian = ClickGuard(drop: 0.1, minimumShown: 200)
            for _ in 0..<5_000 {
                tally.shown += 1
                if random.next() < 0.05 { tally.clicked += 1 }
                if guardian.isHarmful(tally, before: before) {
                    alarms += 1
                    break
                }
            }
        }
        #expect(alarms <= 6, "\(alarms) of 200")
    }

    @Test(
        arguments: [
            ("blend@17", 17), ("blend@0", nil), ("blend@", nil), ("blend", nil), ("other@1", nil), ("blend@1@2", nil),
            ("blend@-1", nil),
        ] as [(String, UInt64?)]
    ) func `a policy names a version`(_ policy: String, _ version: UInt64?) {
        #expect(ClickCounts.version(ofPolicy: policy) == version)
    }
}

/// Uniform numbers from 0 to 1 (xorshift).
private struct Randomness {
    var state: UInt64

    mutating func next() -> Double {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Double(state >> 11) / Double(1 << 53)
    }
}
