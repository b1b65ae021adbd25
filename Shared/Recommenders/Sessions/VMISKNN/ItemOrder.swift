/// A random order of items that decides among equal scores.
struct ItemOrder: Sendable {
    /// For each item its place.
    let ranks: [Int32]
    /// For each place its item.
    let items: [Int]

    /// `nil` for the given order.
    ///
    /// Depends on the seed alone, item by item: more items do not change the order of the others.
    init?(itemCount: Int, _ ties: SessionTieOrder) {
        guard case .seeded(let seed) = ties else { return nil }
        var keys = (0..<itemCount).map { item in
            var random = RandomSource(seed: ~seed &+ UInt64(item) &* 0x9E37_79B9_7F4A_7C15)
            return (key: random.next(), item: item)
        }
        keys.sort { ($0.key, $0.item) < ($1.key, $1.item) }
        items = keys.map(\.item)
        var ranks = [Int32](repeating: 0, count: itemCount)
        for (rank, entry) in keys.enumerated() { ranks[entry.item] = Int32(truncatingIfNeeded: rank) }
        self.ranks = ranks
    }
}
