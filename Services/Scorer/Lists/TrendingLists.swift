import Events
import Logging
import Recommenders
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
    /// What hour, day and week count; what remains is for popularity.
    var windowWeights: [Float] = [0.5, 0.3, 0.15]
    var popularityWeight: Float = 0.05

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
            model: model.value,
            popularityWeight: popularityWeight,
            length: length
        )
        if !items.isEmpty { try await lists.writeTrending(items, scope: "all") }
    }

    static func rank(
        windows: [[String: Float]],
        weights: [Float],
        model: TrainedModel?,
        popularityWeight: Float,
        length: Int
    ) throws(RecommenderError) -> [RankedItem] {
        let known = Set(model?.itemIDs ?? [])
        let ids = (model?.itemIDs ?? []) + Set(windows.flatMap(\.keys)).subtracting(known).sorted()
        var shares = zip(windows, weights).map { window, weight in
            TrendingScores.Window(counts: ids.map { max(0, window[$0] ?? 0) }, weight: weight)
        }
        if let model {
            let rest = [Float](repeating: 0, count: ids.count - model.itemIDs.count)
            shares.append(TrendingScores.Window(counts: model.popularity.scores + rest, weight: popularityWeight))
        }
        return try TrendingScores(itemCount: ids.count, windows: shares).top(length).map { item in
            RankedItem(itemID: ids[item.item], score: item.score)
        }
    }
}
