import Synchronization

extension MetricsRegistry {
    /// Counts of observations in fixed buckets.
    public final class Histogram: Sendable {
        /// Bounds in seconds from half a millisecond to ten seconds.
        public static let latencyBuckets: [Double] = [
            0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
        ]
        /// Bounds for sizes of batches, from 1 to 10,000.
        public static let sizeBuckets: [Double] = [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000]

        private final class Cell: Sendable {
            let count = Atomic<Int>(0)
        }

        /// The ascending upper bounds; the bucket of infinity comes after them.
        let bounds: [Double]
        private let cells: [Cell]
        private let total = AtomicDouble()

        init(buckets: [Double]) {
            precondition(zip(buckets, buckets.dropFirst()).allSatisfy { $0 < $1 }, "buckets must ascend")
            bounds = buckets
            cells = (0...buckets.count).map { _ in Cell() }
        }

        /// Records one value.
        public func observe(_ value: Double) {
            var low = 0
            var high = bounds.count
            while low < high {
                let middle = (low + high) / 2
                if value <= bounds[middle] { high = middle } else { low = middle + 1 }
            }
            cells[low].count.add(1, ordering: .relaxed)
            total.add(value)
        }

        /// Records a duration in seconds.
        public func observe(_ duration: Duration) {
            let parts = duration.components
            observe(Double(parts.seconds) + Double(parts.attoseconds) * 1e-18)
        }

        /// Takes over observations that something else counts in the same buckets, the one of infinity last.
        public func set(toCounts counts: [Int], sum: Double) {
            precondition(counts.count == cells.count, "the buckets differ")
            for (cell, count) in zip(cells, counts) { cell.count.store(count, ordering: .relaxed) }
            total.store(sum)
        }

        /// Runs `body` and records how long it took, in seconds.
        public func time<Value>(_ body: () async throws -> Value) async rethrows -> Value {
            let start = ContinuousClock.now
            defer { observe(ContinuousClock.now - start) }
            return try await body()
        }

        /// The counts per bucket, not cumulative, the one of infinity last.
        var counts: [Int] { cells.map { $0.count.load(ordering: .relaxed) } }
        /// The sum of all values.
        var sum: Double { total.value }
        /// How many values were recorded.
        public var count: Int { counts.reduce(0, +) }
    }
}
