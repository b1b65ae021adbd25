import Recommenders

/// How far a mean would move with other users (Efron 1979): users are drawn with replacement, 1,000 times.
///
/// Every series sees the same draws, so that differences between models are paired.
public struct Bootstrap: Sendable {
    /// A mean, or a difference, with its 95 % interval.
    public struct Interval: Hashable, Sendable {
        /// The value over all users.
        public var value: Double
        /// The 2.5th percentile.
        public var low: Double
        /// The 97.5th percentile.
        public var high: Double
    }

    /// The sums and counts of a series per user: the mean is the sum of the sums / the sum of the counts.
    public struct Series: Hashable, Sendable {
        var sums: [Double]
        var counts: [Double]

        /// Adds up cases by group (a user, or the session whose prefixes the cases are); `nil` values do not count.
        public init(values: [Double?], groups: [Int], groupCount: Int) {
            sums = [Double](repeating: 0, count: groupCount)
            counts = sums
            for (value, group) in zip(values, groups) {
                guard let value else { continue }
                sums[group] += value
                counts[group] += 1
            }
        }

        /// The mean over all cases.
        public var mean: Double {
            let count = counts.reduce(0, +)
            return count > 0 ? sums.reduce(0, +) / count : 0
        }
    }

    /// How many times users are drawn.
    public let resamples: Int
    /// Where random numbers start.
    public let seed: UInt64

    /// Creates a bootstrap.
    public init(resamples: Int = 1000, seed: UInt64 = 42) {
        self.resamples = resamples
        self.seed = seed
    }

    /// The mean of each series in each resample; all series have the same groups.
    public func means(of series: [Series]) -> [[Double]] {
        guard let groupCount = series.first?.sums.count, groupCount > 0 else { return series.map { _ in [] } }
        var means = series.map { _ in [Double]() }
        var random = RandomSource(seed: seed)
        var drawn = [Double](repeating: 0, count: groupCount)
        for _ in 0..<resamples {
            for group in 0..<groupCount { drawn[group] = 0 }
            for _ in 0..<groupCount { drawn[random.index(below: groupCount)] += 1 }
            for (index, series) in series.enumerated() {
                var (sum, count) = (0.0, 0.0)
                for group in 0..<groupCount where drawn[group] > 0 {
                    sum += drawn[group] * series.sums[group]
                    count += drawn[group] * series.counts[group]
                }
                means[index].append(count > 0 ? sum / count : 0)
            }
        }
        return means
    }

    /// The value with the percentiles of its resamples.
    public static func interval(_ value: Double, resampled: [Double]) -> Interval {
        let ordered = resampled.sorted()
        return Interval(value: value, low: percentile(0.025, ordered), high: percentile(0.975, ordered))
    }

    /// Interpolates between the two nearest ranks.
    private static func percentile(_ share: Double, _ ordered: [Double]) -> Double {
        guard let last = ordered.last else { return 0 }
        let position = share * Double(ordered.count - 1)
        let below = Int(position)
        guard below + 1 < ordered.count else { return last }
        return ordered[below] + (position - Double(below)) * (ordered[below + 1] - ordered[below])
    }
}
