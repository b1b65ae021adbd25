/// The items that one item has met, ascending, and how often.
struct PairCounts: Sendable {
    private(set) var items: [Int32] = []
    private(set) var counts: [Int32] = []

    init(items: [Int32] = [], counts: [Int32] = []) {
        self.items = items
        self.counts = counts
    }

    /// Adds one meeting for each of `others`, which are ascending and may repeat.
    mutating func add(_ others: [Int32]) {
        var merged = Self()
        merged.items.reserveCapacity(items.count + others.count)
        merged.counts.reserveCapacity(items.count + others.count)
        var (old, new) = (0, 0)
        while old < items.count || new < others.count {
            let item = min(
                old < items.count ? items[old] : .max,
                new < others.count ? others[new] : .max
            )
            var count: Int32 = 0
            if old < items.count, items[old] == item {
                count = counts[old]
                old += 1
            }
            while new < others.count, others[new] == item {
                count += 1
                new += 1
            }
            merged.items.append(item)
            merged.counts.append(count)
        }
        self = merged
    }
}

extension [Int32] {
    /// The first index of an ascending array whose element fulfils `isSecond`, as all after it do.
    func partitioningIndex(where isSecond: (Int32) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isSecond(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
