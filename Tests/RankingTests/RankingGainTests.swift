import Foundation
import Ranking
import Testing

@Suite struct RankingGainTests {
    @Test func `a perfect order is one, a hit in second place what its discount is`() {
        #expect(RankingGain.mean(scores: [3, 2, 1], labels: [1, 0, 0], groups: [3], cutoff: 10) == 1)
        let second = RankingGain.mean(scores: [2, 3, 1], labels: [1, 0, 0], groups: [3], cutoff: 10)
        #expect(abs(second - 1 / log2(3.0)) < 1e-12)
        #expect(RankingGain.mean(scores: [2, 3, 1], labels: [1, 0, 0], groups: [3], cutoff: 1) == 0)
    }

    @Test func `graded labels gain exponentially, and groups without any do not count`() {
        let gain = RankingGain.mean(scores: [1, 2, 5, 5], labels: [2, 1, 0, 0], groups: [2, 2], cutoff: 2)
        let ideal = 3 + 1 / log2(3.0)
        #expect(abs(gain - (1 + 3 / log2(3.0)) / ideal) < 1e-12)
        #expect(RankingGain.mean(scores: [1], labels: [0], groups: [1], cutoff: 2) == 0)
    }
}
