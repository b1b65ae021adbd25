/// The best `limit` of a stream of scored items: higher scores first, ties by ascending index.
///
/// A bounded heap with the worst kept item on top, so that most items cost one comparison.
struct TopItems {
    private let limit: Int
    private var heap: [ScoredItem] = []

    init(limit: Int) {
        self.limit = max(0, limit)
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
    func wants(_ score: Float) -> Bool {
        guard heap.count == limit else { return true }
        guard let worst = heap.first else { return false }
        return score >= worst.score
    }

    /// What a score must reach to get in; minus infinity as long as there is room.
    var worstScore: Float { heap.count < limit ? -.infinity : heap.first?.score ?? .infinity }

    mutating func offer(_ candidate: ScoredItem) {
        if heap.count < limit {
            heap.append(candidate)
            siftUp(heap.count - 1)
        } else if let worst = heap.first, Self.isBetter(candidate, worst) {
            heap[0] = candidate
            siftDown(0)
        }
    }

    /// What was kept, best first.
    func sorted() -> [ScoredItem] { heap.sorted(by: Self.isBetter) }

    static func isBetter(_ left: ScoredItem, _ right: ScoredItem) -> Bool {
        left.score != right.score ? left.score > right.score : left.item < right.item
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard Self.isBetter(heap[parent], heap[child]) else { return }
            heap.swapAt(parent, child)
            child = parent
        }
    }

    private mutating func siftDown(_ start: Int) {
        var parent = start
        while true {
            var worst = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if Self.isBetter(heap[worst], heap[child]) { worst = child }
            }
            guard worst != parent else { return }
            heap.swapAt(parent, worst)
            parent = worst
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
