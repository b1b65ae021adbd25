import Events
import NIOConcurrencyHelpers
import Stores

/// What happened per item in the latest hours, days and weeks, weighted by kind and summed over all shards.
///
/// Reads the current window and the one before it. Days and weeks change slowly and are large, so they are read again
/// once a minute only.
final class WindowedCounts: Sendable {
    private static let weights: [ItemMetric: Float] = [.views: 1, .clicks: 2, .engagements: 2, .conversions: 5]
    private static let slowRefresh: Duration = .seconds(60)

    private let store: CountShardStore
    private let partitions: Range<Int32>
    private let slow = NIOLockedValueBox<(windows: [[String: Float]], until: ContinuousClock.Instant)?>(nil)

    init(store: CountShardStore, partitions: Int) {
        self.store = store
        self.partitions = 0..<Int32(clamping: partitions)
    }

    /// Hour, day and week as of `time`.
    func windows(at time: Timestamp) async throws -> [[String: Float]] {
        let hour = try await counts(.hour, at: time)
        let now = ContinuousClock.now
        if let known = slow.withLockedValue({ $0 }), known.until > now { return [hour] + known.windows }
        let windows = [try await counts(.day, at: time), try await counts(.week, at: time)]
        slow.withLockedValue { $0 = (windows, now + Self.slowRefresh) }
        return [hour] + windows
    }

    private func counts(_ window: CountWindow, at time: Timestamp) async throws -> [String: Float] {
        let start = window.start(of: time)
        let previous = Timestamp(milliseconds: start.milliseconds - window.milliseconds)
        let totals = try await store.totals(window: window, starts: [start, previous], partitions: partitions)
        var counts: [String: Float] = [:]
        for (metric, weight) in Self.weights {
            for (item, count) in totals[metric] ?? [:] { counts[item, default: 0] += weight * Float(count) }
        }
        return counts
    }
}
