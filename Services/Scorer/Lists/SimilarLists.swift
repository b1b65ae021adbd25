import Recommenders
import Scoring
import Stores

/// Writes `similar:<item>` for all items of a new model, in bounded steps so that Redis serves others in between.
struct SimilarLists: Sendable {
    let lists: RecommendationStore
    /// Items per list.
    let length: Int
    /// Lists per second.
    let rate: Int
    private static let batch = 100

    init(lists: RecommendationStore, length: Int = 50, rate: Int = 5_000) {
        self.lists = lists
        self.length = length
        self.rate = rate
    }

    /// Items without neighbours keep the list they had.
    func write(_ model: ModelBundle) async throws {
        let similar = SimilarItems(bundle: model, length: length)
        var start = 0
        while start < model.itemIDs.count {
            try Task.checkCancellation()
            let items = start..<min(model.itemIDs.count, start + Self.batch)
            let made = items.compactMap { item -> (itemID: String, items: [RankedItem])? in
                let list = similar.list(of: item)
                guard !list.isEmpty else { return nil }
                return (model.itemIDs[item], list.map { RankedItem(itemID: $0.itemID, score: $0.score) })
            }
            if !made.isEmpty { try await lists.writeSimilar(made) }
            start = items.upperBound
            try await Task.sleep(for: .seconds(1) * Self.batch / rate)
        }
    }
}
