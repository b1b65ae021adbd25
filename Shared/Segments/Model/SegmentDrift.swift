import Foundation
public import Profiles

/// How far the users of now lie from those that a model was fitted to.
public struct SegmentDrift: Hashable, Sendable {
    /// The users of now.
    public let sampleSize: Int
    /// Their share in each segment, in the model's order.
    public let shares: [Double]
    /// Their mean distance from each segment's centroid; `nil` where nobody is.
    public let meanDistances: [Double?]
    /// The population stability index of the shares: Σ (now − then) · ln(now / then).
    ///
    /// Below 0.1 nothing to speak of, above 0.25 another population (the usual reading).
    public let stabilityIndex: Double
    /// The mean distance from the centroids now, divided by that of the training.
    public let distanceRatio: Double

    /// Shares below this count as this, so that an empty segment does not make the index infinite.
    static let leastShare = 1e-4

    /// Puts every profile into its segment; everything is zero for no profiles.
    public init(_ model: SegmentModel, now profiles: some Collection<UserProfile>) {
        var counts = model.segments.map { _ in 0 }
        var distances = model.segments.map { _ in 0.0 }
        for profile in profiles {
            let assignment = model.assignment(of: profile)
            counts[assignment.index] += 1
            distances[assignment.index] += assignment.distance
        }
        let total = counts.reduce(0, +)
        sampleSize = total
        shares = counts.map { Double($0) / Double(max(1, total)) }
        meanDistances = zip(distances, counts).map { $1 > 0 ? $0 / Double($1) : nil }
        guard total > 0 else {
            (stabilityIndex, distanceRatio) = (0, 0)
            return
        }
        stabilityIndex = Self.stabilityIndex(
            then: model.segments.map { Double($0.size) / Double(max(1, model.sampleSize)) },
            now: shares
        )
        let before = model.segments.reduce(0) { $0 + $1.meanDistance * Double($1.size) } / Double(model.sampleSize)
        distanceRatio = before > 0 ? distances.reduce(0, +) / Double(total) / before : 1
    }

    /// The index of two distributions over the same classes.
    static func stabilityIndex(then: [Double], now: [Double]) -> Double {
        zip(then, now).reduce(0) { sum, pair in
            let (before, after) = (max(pair.0, leastShare), max(pair.1, leastShare))
            return sum + (after - before) * log(after / before)
        }
    }
}
