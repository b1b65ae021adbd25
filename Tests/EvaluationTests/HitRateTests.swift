import Evaluation
import Testing

@Suite struct HitRateTests {
    @Test func `a wanted item below the cutoff is no hit`() {
        #expect(HitRate.value(of: [3, 1, 2], wanted: [2], cutoff: 2) == 0)
        #expect(HitRate.value(of: [3, 1, 2], wanted: [2], cutoff: 3) == 1)
    }
}
