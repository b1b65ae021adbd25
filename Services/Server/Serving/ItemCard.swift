import Catalog
import JSON

/// What lists show of a catalog entry; written as JSON once, when the entry is read, not in each answer.
final class ItemCard: Sendable {
    let title: String
    let isAvailable: Bool
    /// The entry as one JSON value.
    let json: [UInt8]

    init(_ item: CatalogItem) {
        title = item.title
        isAvailable = item.isAvailable
        json = CatalogCodec.encode(item)
    }
}
