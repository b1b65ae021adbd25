import Evaluation
import Foundation
import Recommenders
import Testing

@Suite struct MetricTests {
    private func close(_ left: Double?, _ right: Double) -> Bool { left.map { abs($0 - right) < 1e-12 } ?? false }

    /// Items 1, 3 and 9 are wanted; 3 stands on rank 2 and 1 on rank 4.
    @Test func `a list is measured as by hand`() {
        let list = ListMetrics(list: [5, 3, 6, 1, 7], wanted: [1, 3, 9])
        #expect(close(list.value(of: .precision, at: 5), 2.0 / 5))
        #expect(close(list.value(of: .recall, at: 5), 2.0 / 3))
        #expect(close(list.value(of: .map, at: 5), (1.0 / 2 + 2.0 / 4) / 3))
        #expect(close(list.value(of: .map, at: 2), (1.0 / 2) / 2))
        #expect(close(list.value(of: .mrr, at: 5), 1.0 / 2))
        #expect(close(list.value(of: .hitRate, at: 5), 1))
        #expect(close(list.value(of: .hitRate, at: 1), 0))
        let ideal = 1 + 1 / log2(3.0) + 1 / log2(4.0)
        #expect(close(list.value(of: .ndcg, at: 5), (1 / log2(3.0) + 1 / log2(5.0)) / ideal))
        #expect(close(list.value(of: .precision, at: 10), 2.0 / 10))
    }

    @Test func `in sessions the next item decides hit rate and reciprocal rank, and repeated clicks count in recall`() {
        let list = ListMetrics(list: [4, 8], wanted: [8, 4], wantedCount: 3, next: 8)
        #expect(close(list.value(of: .mrr, at: 2), 0.5))
        #expect(close(list.value(of: .hitRate, at: 1), 0))
        #expect(close(list.value(of: .recall, at: 2), 2.0 / 3))
    }

    @Test func `nothing wanted and empty lists measure zero`() {
        for measure in Measure.accuracy {
            #expect(ListMetrics(list: [1], wanted: []).value(of: measure, at: 5) == 0)
            #expect(ListMetrics(list: [], wanted: [1]).value(of: measure, at: 5) == 0)
        }
    }

    /// Wanted score 3 and 1, others 2, 1 and 0: 3 beats three, 1 beats one and ties with one.
    @Test func `the area under the curve counts pairs, ties half`() {
        let scores: [Float] = [3, 1, 2, 1, 0, 99]
        #expect(close(AreaUnderCurve.value(scores: scores, wanted: [0, 1], excluded: ItemSet([5])), (3 + 1.5) / 6))
        #expect(AreaUnderCurve.value(scores: scores, wanted: [], excluded: ItemSet()) == nil)
    }

    /// Users know 0 and 1; 0 and 1; 0 and 2; item 3 is unknown.
    @Test func `of the wanted items that are new, those in the list count`() {
        let visits = [[Visit(item: 0, seconds: 0)]]
        let statistics = ItemStatistics(TrainingData(visits: visits, itemCount: 5))
        #expect(statistics.newRecall(of: [0, 3], wanted: [0]) == nil)
        #expect(statistics.newRecall(of: [0, 3], wanted: [0, 2, 3]) == 0.5)
    }

    @Test func `diversity, novelty and popularity are as by hand`() {
        let visits = [[0, 1], [0, 1], [0, 2]].map { $0.map { Visit(item: $0, seconds: 0) } }
        let statistics = ItemStatistics(TrainingData(visits: visits, itemCount: 4))
        #expect(statistics.popularity == [3, 2, 1, 0])
        var sums = [Double](repeating: 0, count: 3)
        let cosines = [2 / 6.0.squareRoot(), 1 / 3.0.squareRoot(), 0]
        let diversity = statistics.diversity(of: [0, 1, 2], sums: &sums)
        #expect(abs(diversity - (1 - cosines.reduce(0, +) / 3)) < 1e-12)
        #expect(sums == [0, 0, 0])
        #expect(close(statistics.diversity(of: [0, 3], sums: &sums), 1))
        #expect(close(statistics.novelty(of: [0, 1, 3]), (0 + log2(1.5) + log2(3)) / 3))
        #expect(close(statistics.meanPopularity(of: [0, 2]), 2))
    }

    @Test func `coverage and Gini index are as by hand`() {
        let equal = Spread(counts: [2, 2, 2, 2])
        #expect(equal.coverage == 1 && abs(equal.gini) < 1e-12)
        let one = Spread(counts: [0, 0, 0, 8])
        #expect(one.coverage == 0.25 && close(one.gini, 0.75))
        #expect(close(Spread(counts: [1, 3]).gini, 0.25))
    }

    @Test func `the bootstrap is paired, seeded, and knows where there is no doubt`() {
        let groups = Array(0..<200)
        let values = groups.map { Double($0 % 7) / 7 }
        let first = Bootstrap.Series(values: values, groups: groups, groupCount: 200)
        let shifted = Bootstrap.Series(values: values.map { $0 + 0.1 }, groups: groups, groupCount: 200)
        let means = Bootstrap(seed: 1).means(of: [first, shifted])
        #expect(means[0].count == 1000)
        #expect(zip(means[0], means[1]).allSatisfy { abs($1 - $0 - 0.1) < 1e-9 })
        #expect(means == Bootstrap(seed: 1).means(of: [first, shifted]))
        let interval = Bootstrap.interval(first.mean, resampled: means[0])
        // The standard error of the mean of 200 values with deviation 2/7.
        let error =
            (values.map { ($0 - first.mean) * ($0 - first.mean) }.reduce(0, +) / 200).squareRoot() / 200.0.squareRoot()
        #expect(abs(interval.high - interval.low - 2 * 1.96 * error) < 0.15 * 4 * error)
    }

    @Test func `prefixes of a session are drawn together`() {
        let series = Bootstrap.Series(values: [1, 1, 0, nil], groups: [0, 0, 1, 1], groupCount: 2)
        #expect(close(series.mean, 2.0 / 3))
        #expect(Set(Bootstrap().means(of: [series])[0]).isSubset(of: [1, 2.0 / 3, 0]))
    }

    @Test func `metrics are read by name`() {
        #expect(MetricName("NDCG@10") == MetricName(.ndcg, at: 10))
        #expect(MetricName("hr@5")?.description == "hit-rate@5")
        #expect(MetricName("auc") == .auc)
        for text in ["ndcg", "ndcg@0", "ndcg@x", "what@5", ""] { #expect(MetricName(text) == nil) }
    }
}
