public import Events
public import Profiles

/// Segments found in users' profiles, with everything that puts a profile into one: features, scaling, groups.
public struct SegmentModel: Hashable, Sendable {
    /// The name under which it stands in the registry.
    public static let name = "segments"

    /// What tells the groups apart.
    public enum Grouping: Hashable, Sendable {
        /// The nearest centroid, in scaled features.
        case nearest([[Double]])
        /// The likeliest component, in scaled features.
        case mixture(GaussianMixture)
    }

    /// One segment.
    public struct Segment: Hashable, Sendable {
        /// Its number, which it keeps from model to model.
        public var number: Int
        /// What distinguishes it, for people.
        public var name: String
        /// The users in the sample.
        public var size: Int
        /// Its mean in scaled features.
        public var centroid: [Double]
        /// The mean distance of its users from the centroid.
        public var meanDistance: Double
        /// What distinguishes it, the largest difference first.
        public var topFeatures: [FeatureDifference]
        /// The items that its users like most, with the sum of their strengths.
        public var popularItems: [PopularItem]
    }

    /// How far a segment lies from the average in one feature.
    public struct FeatureDifference: Hashable, Sendable {
        /// The feature's index.
        public var feature: Int
        /// In standard deviations of all users.
        public var difference: Double
    }

    /// An item and how much it is liked.
    public struct PopularItem: Hashable, Sendable {
        /// The item's id.
        public var itemID: String
        /// The sum of strengths.
        public var weight: Double
    }

    /// A number of groups that was tried.
    public struct Trial: Hashable, Sendable {
        /// How many groups.
        public var count: Int
        /// The sum of squared distances from the centroids.
        public var inertia: Double
        /// The sampled mean silhouette.
        public var silhouette: Double
    }

    /// Which numbers describe a user.
    public let features: ProfileFeatures
    /// How they become comparable.
    public let scaling: FeatureScaling
    /// What tells the groups apart, in the order of ``segments``.
    public let grouping: Grouping
    /// The segments.
    public let segments: [Segment]
    /// Two directions for plots.
    public let plane: PrincipalComponents
    /// The borders of RFM; `nil` when nobody in the sample has bought.
    public let rfm: RFMQuintiles?
    /// The newest event that the sample knew of.
    public let asOf: Timestamp
    /// The users of the sample.
    public let sampleSize: Int
    /// What was tried, in ascending number.
    public let trials: [Trial]
    /// The number that the next new segment gets; numbers are not used again.
    public let nextNumber: Int

    /// Where a profile belongs.
    public struct Assignment: Hashable, Sendable {
        /// The index of the segment in ``SegmentModel/segments``.
        public var index: Int
        /// The distance from the segment's centroid, in scaled features.
        public var distance: Double
    }

    /// The segment that a profile belongs to.
    public func assignment(of profile: UserProfile) -> Assignment {
        assignment(ofScaled: scaling.scaled(features.values(of: profile)))
    }

    func assignment(ofScaled row: [Double]) -> Assignment {
        let index: Int
        switch grouping {
        case .nearest(let centroids):
            var (nearest, least) = (0, Double.infinity)
            for (candidate, centroid) in centroids.enumerated() {
                let distance = Self.squaredDistance(row, centroid)
                if distance < least { (nearest, least) = (candidate, distance) }
            }
            index = nearest
        case .mixture(let mixture):
            let logs = mixture.logDensities(row)
            index = logs.indices.max { logs[$0] < logs[$1] } ?? 0
        }
        let centroid = segments[index].centroid
        return Assignment(index: index, distance: Self.squaredDistance(row, centroid).squareRoot())
    }

    /// The names under which a profile's segments stand in it, ascending: the cluster, and the RFM segment if there is one.
    ///
    /// The recency of purchases counts from `now`.
    public func keys(of profile: UserProfile, now: Timestamp) -> [SegmentKey] {
        var keys = [SegmentKey.cluster(segments[assignment(of: profile).index].number)]
        if let segment = rfm?.segment(profile.rfm(now: now)) { keys.append(.rfm(segment)) }
        return keys
    }

    private static func squaredDistance(_ left: [Double], _ right: [Double]) -> Double {
        var sum = 0.0
        for index in left.indices {
            let difference = left[index] - right[index]
            sum += difference * difference
        }
        return sum
    }
}
