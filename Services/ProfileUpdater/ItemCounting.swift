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
        var topic: SignalTopic
        var hour: Int64
        var windows: UInt8
    }

    private var counts: [Place: Int] = [:]
    /// How many increments `counts` comes to at most.
    private var incrementCount = 0
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
    mutating func add(_ activity: Activity) {
        guard fencing == .disabledForTest || !fence.covers(activity.source) else {
            redelivered += 1
            return
        }
        let windows = ItemMetric(activity.source.topic) == nil ? 0 : Self.keptWindows(of: activity)
        let event = activity.event
        // Most events are about one item and need no set.
        let several = event.items.isEmpty ? [] : Set(event.items + [event.itemID].compactMap { $0 })
        let width = windows.nonzeroBitCount * max(several.count, 1)
        if incrementCount + width > CountShardStore.maximumIncrements { cut() }
        fence.advance(to: activity.source)
        hasMoved = true
        guard windows != 0 else { return }
        if several.isEmpty {
            if let item = event.itemID { count(item, activity, windows) }
        } else {
            for item in several { count(item, activity, windows) }
        }
    }

    /// Ends the last chunk.
    mutating func finish() {
        cut()
    }

    private mutating func count(_ item: String, _ activity: Activity, _ windows: UInt8) {
        let hour = CountWindow.hour.start(of: activity.effectiveTime).milliseconds
        let place = Place(itemID: item, topic: activity.source.topic, hour: hour, windows: windows)
        let amount = counts[place, default: 0]
        if amount == 0 { incrementCount += windows.nonzeroBitCount }
        counts[place] = amount + 1
    }

    private mutating func cut() {
        guard hasMoved else { return }
        chunks.append(Chunk(increments: Self.increments(of: counts), fence: fence))
        counts.removeAll(keepingCapacity: true)
        incrementCount = 0
        hasMoved = false
    }

    /// One increment per place and window; places of several hours may repeat a day's or a week's field.
    private static func increments(of counts: [Place: Int]) -> [CountShardStore.Increment] {
        var increments: [CountShardStore.Increment] = []
        increments.reserveCapacity(counts.count * CountWindow.allCases.count)
        for (place, amount) in counts {
            guard let metric = ItemMetric(place.topic) else { continue }
            for (bit, window) in CountWindow.allCases.enumerated() where place.windows & (1 << bit) != 0 {
                increments.append(
                    CountShardStore.Increment(
                        window: window,
                        start: window.start(of: Timestamp(milliseconds: place.hour)),
                        metric: metric,
                        itemID: place.itemID,
                        amount: amount
                    )
                )
            }
        }
        return increments
    }

    /// A bit for each window that the activity falls into and whose retention has not passed.
    private static func keptWindows(of activity: Activity) -> UInt8 {
        var bits: UInt8 = 0
        let time = activity.effectiveTime
        for (bit, window) in CountWindow.allCases.enumerated() {
            let age = activity.receivedAt.milliseconds - window.start(of: time).milliseconds
            if age < window.retentionMilliseconds { bits |= 1 << bit }
        }
        return bits
    }
}
