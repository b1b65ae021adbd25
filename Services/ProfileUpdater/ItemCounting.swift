import Events
import Stores

/// The increments of item counts that follow from a batch of activities, in chunks that each move the fence: pure.
struct ItemCounting {
    /// What one script writes.
    struct Chunk {
        var increments: [CountShardStore.Increment] = []
        var fence: Fence
    }

    /// Where activities count together: an item, a topic, an hour (every window holds whole hours), and which of the
    /// windows are still kept.
    private struct Place: Hashable {
        var itemID: String
        var metric: ItemMetric
        var hour: Int64
        var windows: CountWindows
    }

    private var counts: [Place: Int] = [:]
    /// How many fields `counts` comes to at most.
    private var fieldCount = 0
    private var hasMoved = false
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
    mutating func add(_ activity: ActivityFacts) {
        guard fencing == .disabledForTest || !fence.covers(activity.source) else {
            redelivered += 1
            return
        }
        let metric = ItemMetric(activity.source.topic)
        let windows = metric == nil ? [] : Self.keptWindows(of: activity)
        // Most events are about one item and need no set.
        let several = activity.items.isEmpty ? [] : Set(activity.items + [activity.itemID].compactMap { $0 })
        if fieldCount + windows.count * max(several.count, 1) > CountShardStore.maximumFields { cut() }
        fence.advance(to: activity.source)
        hasMoved = true
        guard let metric, !windows.isEmpty else { return }
        let hour = CountWindow.hour.start(of: activity.effectiveTime).milliseconds
        if several.isEmpty {
            if let item = activity.itemID {
                count(Place(itemID: item, metric: metric, hour: hour, windows: windows))
            }
        } else {
            for item in several { count(Place(itemID: item, metric: metric, hour: hour, windows: windows)) }
        }
    }

    /// Ends the last chunk.
    mutating func finish() {
        cut()
    }

    private mutating func count(_ place: Place) {
        let amount = counts[place, default: 0]
        if amount == 0 { fieldCount += place.windows.count }
        counts[place] = amount + 1
    }

    private mutating func cut() {
        guard hasMoved else { return }
        let increments = counts.map { place, amount in
            CountShardStore.Increment(
                windows: place.windows,
                time: Timestamp(milliseconds: place.hour),
                metric: place.metric,
                itemID: place.itemID,
                amount: amount
            )
        }
        chunks.append(Chunk(increments: increments, fence: fence))
        counts.removeAll(keepingCapacity: true)
        fieldCount = 0
        hasMoved = false
    }

    /// The windows that the activity falls into and whose retention has not passed.
    private static func keptWindows(of activity: ActivityFacts) -> CountWindows {
        var windows: CountWindows = []
        for window in CountWindow.allCases {
            let age = activity.receivedAt.milliseconds - window.start(of: activity.effectiveTime).milliseconds
            if age < window.retentionMilliseconds { windows.insert(CountWindows(window)) }
        }
        return windows
    }
}

extension ItemCounting.Chunk {
    /// How many fields of windows it writes.
    var fieldCount: Int { increments.reduce(0) { $0 + $1.windows.count } }
}
