import Events
import Logging
import Recommenders
import Scoring
import ServiceSupport
import Stores

/// Writes `trending:all` every few seconds: the counted windows, blended with what is popular in the long run.
struct TrendingLists: Sendable {
    let counts: WindowedCounts
    let lists: RecommendationStore
    let model: CurrentModel
    let failures: RepeatedErrorLog
    let interval: Duration
    let now: @Sendable () -> Timestamp
    var length = 100
    /// What hour, day and week count when they are full of evidence; what remains is for popularity.
    var windowWeights: [Float] = [0.5, 0.3, 0.15]
    /// The weighted count at which a window has half its weight: a single click does not make a trend.
    var evidence: Float = 1_000

    /// Runs until cancelled.
    func run() async {
        while !Task.isCancelled {
            do {
                try await writeOnce()
            } catch {
                failures.log("trending lists cannot be written", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: interval)
        }
    }

    /// Nothing is written when nothing is known: a list is never emptied.
    func writeOnce() async throws {
        let time = now()
        let items = try Self.rank(
            windows: try await counts.windows(at: time),
            weights: windowWeights,
            evidence: evidence,
            model: model.value,
            length: length
        )
        if !items.isEmpty { try await lists.writeTrending(items, scope: "all") }
    }

    static func rank(
        windows: [[String: Float]],
        weights: [Float],
        evidence: Float,
        model: ModelBundle?,
        length: Int
    ) throws(RecommenderError) -> [RankedItem] {
        let known = Set(model?.itemIDs ?? [])
        let ids = (model?.itemIDs ?? []) + Set(windows.flatMap(\.keys)).subtracting(known).sorted()
        var shares = zip(windows, weights).map { window, weight in
            let counts = ids.map { max(0, window[$0] ?? 0) }
            let total = counts.reduce(0, +)
            return TrendingScores.Window(counts: counts, weight: weight * total / (total + evidence))
        }
        if let model {
            let rest = [Float](repeating: 0, count: ids.count - model.itemIDs.count)
            let remaining = max(0, 1 - shares.reduce(0) { $0 + $1.weight })
            shares.append(TrendingScores.Window(counts: model.models.popularity.scores + rest, weight: remaining))
        }
        return try TrendingScores(itemCount: ids.count, windows: shares).top(length).map { item in
            RankedItem(itemID: ids[item.item], score: item.score)
        }
    }
}
