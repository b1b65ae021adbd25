import Catalog
import Events
public import Scoring
public import Stores

/// The newest items of the catalog: those that lists may have although no model knows them.
///
/// Newest by the catalog's own time of appearance, among equals (and where it says nothing) by the place in
/// `catalog.items`: the same for everybody who has read the same entries.
public struct LiveCatalog: Sendable {
    private struct Entry {
        var item: NewItem
        var place: (generation: UInt32, offset: Int64)
    }

    private let limit: Int
    private var entries: [String: Entry] = [:]

    /// Keeps the newest `limit` items.
    public init(limit: Int) {
        self.limit = limit
    }

    /// Takes an entry over unless it is older than the one that is known; what is deleted or unavailable goes.
    public mutating func take(_ entry: CatalogStore.Entry) {
        let place = (generation: entry.generation, offset: entry.offset)
        if let known = entries[entry.id], known.place > place { return }
        guard let item = entry.item, item.isAvailable else {
            entries[entry.id] = nil
            return
        }
        entries[entry.id] = Entry(item: NewItem(item), place: place)
        // A quarter at a time, so that not every item has to sort.
        guard entries.count > limit + limit / 4 else { return }
        entries = Dictionary(uniqueKeysWithValues: newest.map { ($0.item.id, $0) })
    }

    /// The items that nobody has used, newest first.
    public func newItems(besides isUsed: (String) -> Bool) -> [NewItem] {
        newest.map(\.item).filter { !isUsed($0.id) }
    }

    private var newest: ArraySlice<Entry> {
        entries.values.sorted { left, right in
            let times = (left.item.createdAt ?? .earliest, right.item.createdAt ?? .earliest)
            if times.0 != times.1 { return times.0 > times.1 }
            if left.place != right.place { return left.place > right.place }
            return left.item.id < right.item.id
        }.prefix(limit)
    }
}
