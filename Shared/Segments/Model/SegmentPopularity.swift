public import Profiles

/// What the users of each segment like: a list for somebody of whom only the segment is known.
public enum SegmentPopularity {
    /// Per segment the items with the largest sum of positive strengths, at most `limit`; ties by the id's UTF-8.
    ///
    /// `assignments` has the segment of every profile, or one outside `0..<segments` to leave it out.
    public static func items(
        of profiles: some Sequence<UserProfile>,
        assignments: some Sequence<Int>,
        segments: Int,
        limit: Int
    ) -> [[SegmentModel.PopularItem]] {
        var sums = [[String: Double]](repeating: [:], count: segments)
        for (profile, segment) in zip(profiles, assignments) where sums.indices.contains(segment) {
            for (id, signal) in profile.items where signal.strength > 0 && !signal.isRejected {
                sums[segment][id, default: 0] += signal.strength
            }
        }
        return sums.map { sums in
            sums.sorted { left, right in
                guard left.value == right.value else { return left.value > right.value }
                return left.key.utf8.lexicographicallyPrecedes(right.key.utf8)
            }.prefix(limit).map { SegmentModel.PopularItem(itemID: $0.key, weight: $0.value) }
        }
    }
}
