import Testing

@testable import Recommenders

@Suite struct CandidateTests {
    private let proposals = [
        Proposals(
            source: .als,
            weight: 1,
            items: [.init(item: 5, score: 8), .init(item: 2, score: 4), .init(item: 9, score: -1)]
        ),
        Proposals(source: .session, weight: 0.5, items: [.init(item: 2, score: 0.2), .init(item: 7, score: 0.1)]),
    ]

    @Test func `weighted scores are scaled per source`() {
        let merged = CandidateMerge.weightedScores(proposals)
        #expect(merged.map(\.item) == [2, 5, 7, 9])
        #expect(merged.map(\.score) == [1, 1, 0.25, 0])
        #expect(merged[0].sources.map(\.source) == [.als, .session])
    }

    @Test func `reciprocal ranks ignore the scale`() {
        let merged = CandidateMerge.reciprocalRankFusion(constant: 1)(proposals)
        #expect(merged.map(\.item) == [2, 5, 9, 7])
        #expect(abs(merged[0].score - (1.0 / 3 + 0.5 / 2)) < 1e-6)
    }

    @Test(arguments: [CandidateMerge.weightedScores, .reciprocalRankFusion(constant: 60)])
    func `merging is adding up by item, sorting and cutting`(merge: CandidateMerge) {
        var random = RandomSource(seed: 5)
        let proposals = ["a", "b", "c"].map { source in
            let items = Set((0..<300).map { _ in random.index(below: 500) * 997 })
            let ranked = items.map { ScoredItem(item: $0, score: random.uniform()) }.sorted { $0.score > $1.score }
            return Proposals(source: CandidateSource(rawValue: source), weight: random.uniform(), items: ranked)
        }
        var sums: [Int: Float] = [:]
        for source in proposals {
            for (rank, item) in source.items.enumerated() {
                switch merge {
                case .weightedScores: sums[item.item, default: 0] += source.weight * item.score / source.items[0].score
                case .reciprocalRankFusion(let constant):
                    sums[item.item, default: 0] += source.weight / (constant + Float(rank + 1))
                }
            }
        }
        let expected = sums.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
        for limit in [0, 1, 100, 5000] {
            let merged = merge(proposals, limit: limit)
            #expect(merged.map(\.item) == expected.prefix(limit).map(\.key))
            for candidate in merged {
                #expect(abs(candidate.sources.reduce(0) { $0 + $1.amount } - candidate.score) < 1e-6)
                #expect(zip(candidate.sources, candidate.sources.dropFirst()).allSatisfy { $0.amount >= $1.amount })
            }
        }
    }

    @Test(arguments: 0..<20)
    func `the bounded heap equals sorting`(seed: Int) {
        var random = RandomSource(seed: UInt64(seed))
        let scores = (0..<200).map { _ in Float(Int(random.uniform() * 20)) - 5 }
        let excluded = ItemSet((0..<200).filter { _ in random.uniform() < 0.2 })
        let expected = (0..<200).filter { scores[$0] != 0 && !excluded.contains($0) }
            .sorted { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }
        for limit in [0, 1, 17, 500] {
            #expect(
                TopItems.select(from: scores, limit: limit, excluding: excluded).map(\.item)
                    == Array(expected.prefix(limit))
            )
        }
    }
}
