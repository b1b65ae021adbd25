/// Sums of a few items among many: memory for all of them, work for those that are touched.
struct ItemSums: Sendable {
    /// All zero between uses.
    private var sums: [Float] = []
    private var touched: [Int32] = []

    mutating func prepare(itemCount: Int) {
        if sums.count < itemCount { sums = [Float](repeating: 0, count: itemCount) }
    }

    /// Adds an amount above zero; one that is too small for a `Float` does nothing.
    @inline(__always)
    mutating func add(_ amount: Float, to item: Int) {
        guard amount > 0 else { return }
        if sums[item] == 0 { touched.append(Int32(truncatingIfNeeded: item)) }
        sums[item] += amount
    }

    /// The best items, and all sums back to zero.
    mutating func top(_ limit: Int, excluding excluded: ItemSet) -> [ScoredItem] {
        var top = TopItems(limit: limit)
        for item in touched {
            let item = Int(item)
            let sum = sums[item]
            sums[item] = 0
            if top.wants(sum), !excluded.contains(item) { top.offer(ScoredItem(item: item, score: sum)) }
        }
        touched.removeAll(keepingCapacity: true)
        return top.sorted()
    }
}
