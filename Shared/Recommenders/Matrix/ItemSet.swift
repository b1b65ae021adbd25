/// A set of item indices as a bit per item.
public struct ItemSet: Hashable, Sendable {
    private(set) var words: [UInt64]

    /// Creates an empty set with room for `itemCount` items.
    public init(itemCount: Int = 0) {
        words = [UInt64](repeating: 0, count: (itemCount + 63) / 64)
    }

    /// Creates a set of `items`; negative indices are ignored.
    public init(_ items: some Sequence<Int>) {
        words = []
        for item in items { insert(item) }
    }

    /// Whether `item` is in the set.
    public func contains(_ item: Int) -> Bool {
        guard item >= 0, item / 64 < words.count else { return false }
        return words[item / 64] & (1 << UInt64(item % 64)) != 0
    }

    /// Puts `item` into the set; a negative index is ignored.
    public mutating func insert(_ item: Int) {
        guard item >= 0 else { return }
        if item / 64 >= words.count {
            words.append(contentsOf: repeatElement(0, count: item / 64 + 1 - words.count))
        }
        words[item / 64] |= 1 << UInt64(item % 64)
    }

    /// Takes `item` out of the set.
    public mutating func remove(_ item: Int) {
        guard contains(item) else { return }
        words[item / 64] &= ~(1 << UInt64(item % 64))
    }
}
