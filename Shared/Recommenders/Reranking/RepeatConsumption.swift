import Glibc

/// How likely an item is wanted again some time after it was had.
///
/// Two figures per item: the share of its consumptions that the same user repeated, shrunk towards the share over all
/// items, and the typical interval between them with its spread, on a logarithmic scale (gaps between repeats are
/// about log-normal and depend on the item far more than on the user: Anderson, Kumar, Tomkins and Vassilvitskii 2014).
/// The probability after a gap is the share times exp(−z²/2), z being the gap's distance from the typical interval in
/// spreads: soon after the purchase of a washing machine nobody wants another, while milk comes back within the week.
public struct RepeatConsumption: Sendable, Hashable {
    /// A user had an item at a time.
    public struct Consumption: Hashable, Sendable {
        /// The user.
        public var user: Int
        /// The item.
        public var item: Int
        /// When, in any unit, the same everywhere.
        public var time: Double

        /// Creates a consumption.
        public init(user: Int, item: Int, time: Double) {
            self.user = user
            self.item = item
            self.time = time
        }
    }

    /// The share of consumptions of each item that were repeated.
    public let repeatShares: [Double]
    /// The mean logarithm of the intervals of each item, in the unit of the times.
    public let meanLogarithms: [Double]
    /// The standard deviation of the logarithms over all items.
    public let spread: Double

    /// Learns from consumptions in any order; `shrinkage`, not negative, is how many consumptions the average of all
    /// items counts for.
    ///
    /// Throws `emptyMatrix`, `indexOutOfRange`, `invalidWeight` for a time that is not finite, `invalidParameter`.
    public static func fit(
        _ consumptions: [Consumption],
        itemCount: Int,
        shrinkage: Double = 10
    ) throws(RecommenderError) -> RepeatConsumption {
        guard !consumptions.isEmpty else { throw RecommenderError(.emptyMatrix, "no consumptions") }
        guard shrinkage >= 0, shrinkage.isFinite else {
            throw RecommenderError(.invalidParameter, "shrinkage \(shrinkage)")
        }
        for consumption in consumptions {
            guard consumption.item >= 0, consumption.item < itemCount else {
                throw RecommenderError(.indexOutOfRange, "item \(consumption.item) of \(itemCount)")
            }
            guard consumption.time.isFinite else {
                throw RecommenderError(.invalidWeight, "time \(consumption.time)")
            }
        }
        let sorted = consumptions.sorted { ($0.user, $0.item, $0.time) < ($1.user, $1.item, $1.time) }
        var counts = [Double](repeating: 0, count: itemCount)
        var logarithms = [[Double]](repeating: [], count: itemCount)
        for consumption in sorted { counts[consumption.item] += 1 }
        for (earlier, later) in zip(sorted, sorted.dropFirst())
        where (earlier.user, earlier.item) == (later.user, later.item) && later.time > earlier.time {
            let logarithm = log(later.time - earlier.time)
            if logarithm.isFinite { logarithms[earlier.item].append(logarithm) }
        }
        let all = logarithms.joined()
        let number = Double(all.count)
        let mean = number > 0 ? all.reduce(0, +) / number : 0
        let share = number / Double(consumptions.count)
        let variance = number > 1 ? all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / number : 0
        return RepeatConsumption(
            repeatShares: (0..<itemCount).map { item in
                let total = counts[item] + shrinkage
                return total > 0 ? (Double(logarithms[item].count) + shrinkage * share) / total : 0
            },
            meanLogarithms: logarithms.map { own in
                let total = Double(own.count) + shrinkage
                return total > 0 ? (own.reduce(0, +) + shrinkage * mean) / total : mean
            },
            // A spread of nothing would forbid every other interval.
            spread: max(variance.squareRoot(), 0.1)
        )
    }

    /// The probability, from 0 to 1, that `item` is wanted again `gap` after it was had; zero for gaps that are not
    /// positive and for unknown items.
    public func probability(of item: Int, after gap: Double) -> Double {
        guard repeatShares.indices.contains(item), gap > 0, gap.isFinite else { return 0 }
        let distance = (log(gap) - meanLogarithms[item]) / spread
        return repeatShares[item] * exp(-distance * distance / 2)
    }

    /// The step for one user: items that the user has had count with the probability that they are wanted again.
    ///
    /// `lastTimes` are when the user last had what, `now` is in the same unit. Throws `invalidWeight` for times that are
    /// not finite.
    public func reranker(lastTimes: [Int: Double], now: Double) throws(RecommenderError) -> RepeatReranker {
        guard now.isFinite, lastTimes.values.allSatisfy(\.isFinite) else {
            throw RecommenderError(.invalidWeight, "a time is not finite")
        }
        let factors = lastTimes.map { item, time in
            (item, Float(probability(of: item, after: now - time)))
        }
        return RepeatReranker(factors: Dictionary(uniqueKeysWithValues: factors))
    }
}

/// Scales the scores of what a user has had already; see ``RepeatConsumption``.
public struct RepeatReranker: Reranker {
    let factors: [Int: Float]

    /// The list with scaled scores.
    public func rerank(_ candidates: [Candidate]) -> [Candidate] {
        candidates.scaled { factors[$0.item] ?? 1 }
    }
}
