import Foundation
import Recommenders

/// The published protocol: for each prefix of each open session a list of 20; mean reciprocal rank and hit rate on the very
/// next item, precision and recall on the distinct remaining items (recall divided by all remaining clicks).
struct NextClickMetrics: CustomStringConvertible {
    var reciprocalRank = 0.0
    var hitRate = 0.0
    var recall = 0.0
    var precision = 0.0
    var predictions = 0.0

    static func of(
        _ model: some SessionRecommender,
        on data: BolSessions,
        limit: Int = 20
    ) throws -> NextClickMetrics {
        var sums = NextClickMetrics()
        for (session, seconds) in zip(data.test, data.testSeconds) {
            for length in 1..<session.count {
                let list = try model.recommend(
                    after: Array(session[..<length]),
                    seconds: seconds[length - 1],
                    limit: limit,
                    excluding: ItemSet()
                ).map(\.item)
                let rest = session[length...]
                if let rank = list.firstIndex(of: session[length]) {
                    sums.reciprocalRank += 1 / Double(rank + 1)
                    sums.hitRate += 1
                }
                let hits = Double(Set(list).intersection(rest).count)
                sums.recall += hits / Double(rest.count)
                sums.precision += hits / Double(limit)
                sums.predictions += 1
            }
        }
        return sums.scaled(by: 1 / sums.predictions)
    }

    var description: String {
        String(
            format: "MRR@20 %.4f HitRate@20 %.4f Recall@20 %.4f Precision@20 %.4f",
            reciprocalRank,
            hitRate,
            recall,
            precision
        )
    }

    static func mean(_ all: [NextClickMetrics]) -> NextClickMetrics {
        var sums = NextClickMetrics()
        for one in all {
            sums.reciprocalRank += one.reciprocalRank
            sums.hitRate += one.hitRate
            sums.recall += one.recall
            sums.precision += one.precision
            sums.predictions += one.predictions
        }
        var mean = sums.scaled(by: 1 / Double(all.count))
        mean.predictions = sums.predictions / Double(all.count)
        return mean
    }

    private func scaled(by factor: Double) -> NextClickMetrics {
        NextClickMetrics(
            reciprocalRank: reciprocalRank * factor,
            hitRate: hitRate * factor,
            recall: recall * factor,
            precision: precision * factor,
            predictions: predictions
        )
    }
}
