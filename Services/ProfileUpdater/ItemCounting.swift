import Events
import Stores

/// The increments of item counts that follow from a batch of activities, in chunks that each move the fence: pure.
struct ItemCounting {
    /// What one script writes.
    struct Chunk {
        var increments: [CountShardStore.Increment] = []
        var fence: Fence
    }

    private var counts: [CountShardStore.Increment: Int] = [:]
    private var fence: Fence
    private let fencing: FenceMode
    private(set) var chunks: [Chunk] = []
    private(set) var redelivered = 0

    /// Counts on from `fence`, that of the shard.
    init(fence: Fence, fencing: FenceMode) {
        self.fence = fence
        self.fencing = fencing
    }

    /// Counts the next activity in log order, unless the fence covers it.
    mutating func add(_ activity: Activity) {
        guard fencing == .disabledForTest || !fence.covers(activity.source) else {
            redelivered += 1
            return
        }
        let added = Self.increments(of: activity)
        if counts.count + added.count > CountShardStore.maximumIncrements { cut() }
        fence.advance(to: activity.source)
        for increment in added { counts[increment, default: 0] += 1 }
        hasMoved = true
    }

    /// Ends the last chunk.
    mutating func finish() {
        if hasMoved { cut() }
    }

    private var hasMoved = false

    private mutating func cut() {
        guard hasMoved else { return }
        let increments = counts.map { increment, amount in
            var increment = increment
            increment.amount = amount
            return increment
        }
        chunks.append(Chunk(increments: increments, fence: fence))
        counts = [:]
        hasMoved = false
    }

    /// One increment per item and window; windows whose retention has passed are not written any more.
    private static func increments(of activity: Activity) -> [CountShardStore.Increment] {
        guard let metric = ItemMetric(activity.source.topic) else { return [] }
        let items = activity.event.items + (activity.event.itemID.map { [$0] } ?? [])
        let time = activity.effectiveTime
        return CountWindow.allCases.flatMap { window -> [CountShardStore.Increment] in
            let start = window.start(of: time)
            guard activity.receivedAt.milliseconds - start.milliseconds < window.retentionMilliseconds else {
                return []
            }
            return Set(items).map { .init(window: window, start: start, metric: metric, itemID: $0) }
        }
    }
}
