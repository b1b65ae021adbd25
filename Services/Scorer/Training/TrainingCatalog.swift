import Catalog
import Recommenders
import Scoring
import Stores

/// What the catalog says of items, as models read it.
struct TrainingCatalog: Sendable {
    let store: CatalogStore
    /// The most items that are read.
    let limit: Int

    /// The contents of all items that may be recommended, by id.
    func contents() async throws -> [String: ItemContent] {
        guard limit > 0 else { return [:] }
        let items = try await store.all(limit: limit)
        return Dictionary(
            items.filter(\.isAvailable).map { ($0.id, ItemContent($0)) },
            uniquingKeysWith: { first, _ in first }
        )
    }
}
