/// Names for clusters, from what distinguishes them most.
enum SegmentNaming {
    /// Differences below this many standard deviations distinguish nobody.
    static let leastDifference = 0.25
    /// Differences kept per segment.
    static let kept = 5
    /// Differences that make up a name.
    static let named = 2

    /// The largest standardised differences of a segment's mean from that of all users.
    static func topFeatures(
        of centroid: [Double],
        mean: [Double],
        deviation: [Double]
    ) -> [SegmentModel.FeatureDifference] {
        centroid.indices
            .filter { deviation[$0] > 1e-9 }
            .map {
                SegmentModel.FeatureDifference(
                    feature: $0,
                    difference: (centroid[$0] - mean[$0]) / deviation[$0]
                )
            }
            .filter { abs($0.difference) >= leastDifference }
            .sorted { (abs($1.difference), $0.feature) < (abs($0.difference), $1.feature) }
            .prefix(kept)
            .map(\.self)
    }

    /// Names such as `high purchases, low sessions`; no two alike.
    static func names(_ segments: [[SegmentModel.FeatureDifference]], features: [String]) -> [String] {
        var taken: [String: Int] = [:]
        return segments.map { differences in
            let parts = differences.prefix(named).map { ($0.difference > 0 ? "high " : "low ") + features[$0.feature] }
            let name = parts.isEmpty ? "average" : parts.joined(separator: ", ")
            taken[name, default: 0] += 1
            return taken[name] == 1 ? name : "\(name) (\(taken[name] ?? 0))"
        }
    }
}
