/// The best `limit` of a stream of scored items: higher scores first, ties by ascending index.
///
/// A bounded heap with the worst kept item on top, so that most items cost one comparison. Items stand in it as one number
/// each, the smaller the better: the score upside down above the index.
struct TopItems {
    private let limit: Int
    private var heap: [UInt64] = []
    /// What a score must reach to get in; minus infinity as long as there is room.
    private(set) var worstScore: Float

    init(limit: Int) {
        self.limit = max(0, limit)
        worstScore = limit > 0 ? -.infinity : .infinity
        heap.reserveCapacity(min(self.limit, 4096))
    }

    /// Every item of `scores` that is not excluded and has one: a score of zero means that the model knows nothing, and
    /// counts only when asked for.
    static func select(
        from scores: [Float],
        limit: Int,
        excluding excluded: ItemSet,
        includingUnknown: Bool = false
    ) -> [ScoredItem] {
        var top = TopItems(limit: limit)
        for (item, score) in scores.enumerated() where (score != 0 || includingUnknown) && top.wants(score) {
            if !excluded.contains(item) { top.offer(ScoredItem(item: item, score: score)) }
        }
        return top.sorted()
    }

    /// Whether an item with this score can still get in.
    @inline(__always)
    func wants(_ score: Float) -> Bool { score >= worstScore }

    /// Takes an item, whose index is below 2³², if it is among the best so far.
    @inline(__always)
    mutating func offer(_ candidate: ScoredItem) {
        let key = Self.key(of: candidate)
        if heap.count < limit {
            heap.append(key)
            siftUp(heap.count - 1)
            if heap.count == limit { worstScore = Self.item(of: heap[0]).score }
        } else if let worst = heap.first, key < worst {
            heap[0] = key
            siftDown()
            worstScore = Self.item(of: heap[0]).score
        }
    }

    /// What was kept, best first.
    func sorted() -> [ScoredItem] { heap.sorted().map(Self.item) }

    static func isBetter(_ left: ScoredItem, _ right: ScoredItem) -> Bool {
        left.score != right.score ? left.score > right.score : left.item < right.item
    }

    /// Bits of floating-point numbers are in their order, of negative ones in the opposite order.
    @inline(__always)
    private static func key(of item: ScoredItem) -> UInt64 {
        // Minus zero is zero.
        let bits = (item.score + 0).bitPattern
        let ascending = bits & 1 << 31 == 0 ? bits | 1 << 31 : ~bits
        return UInt64(~ascending) << 32 | UInt64(UInt32(truncatingIfNeeded: item.item))
    }

    @inline(__always)
    private static func item(of key: UInt64) -> ScoredItem {
        let ascending = ~UInt32(truncatingIfNeeded: key >> 32)
        let bits = ascending & 1 << 31 != 0 ? ascending & ~(1 << 31) : ~ascending
        return ScoredItem(item: Int(UInt32(truncatingIfNeeded: key)), score: Float(bitPattern: bits))
    }

    private mutating func siftUp(_ start: Int) {
        heap.withUnsafeMutableBufferPointer { heap in
            var child = start
            while child > 0 {
                let parent = (child - 1) / 2
                guard heap[parent] < heap[child] else { return }
                heap.swapAt(parent, child)
                child = parent
            }
        }
    }

    private mutating func siftDown() {
        heap.withUnsafeMutableBufferPointer { heap in
            var parent = 0
            while true {
                var child = 2 * parent + 1
                guard child < heap.count else { return }
                if child + 1 < heap.count, heap[child] < heap[child + 1] { child += 1 }
                guard heap[parent] < heap[child] else { return }
                heap.swapAt(parent, child)
                parent = child
            }
        }
    }
}

extension ScoredItem {
    /// The best `limit` of one score per item, those above zero that are not excluded: higher scores first, ties by
    /// ascending index.
    public static func best(_ limit: Int, of scores: [Float], excluding excluded: ItemSet = ItemSet()) -> [ScoredItem] {
        var top = TopItems(limit: limit)
        var least = Float.leastNonzeroMagnitude
        scores.withUnsafeBufferPointer { scores in
            guard let start = scores.baseAddress else { return }
            var next = 0
            while next < scores.count {
                // Most items are far from the best: eight at a time are passed over by one comparison.
                if next + Kernels.laneCount <= scores.count, !any(Kernels.load(start + next) .>= least) {
                    next += Kernels.laneCount
                    continue
                }
                let end = min(scores.count, next + Kernels.laneCount)
                for item in next..<end where scores[item] >= least && !excluded.contains(item) {
                    top.offer(ScoredItem(item: item, score: scores[item]))
                    least = max(least, top.worstScore)
                }
                next = end
            }
        }
        return top.sorted()
    }
}
