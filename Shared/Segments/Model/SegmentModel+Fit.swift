public import Profiles
import Events

extension SegmentModel {
    /// How a model is fitted.
    public struct Parameters: Hashable, Sendable {
        /// What tells the groups apart.
        public enum Kind: Hashable, Sendable {
            /// k-means.
            case kMeans
            /// A Gaussian mixture begun with k-means.
            case mixture(GaussianMixture.Shape)
        }

        /// What tells the groups apart.
        public var kind: Kind
        /// The numbers of groups to try.
        public var counts: ClosedRange<Int>
        /// How features become comparable.
        public var scaling: FeatureScaling.Method
        /// The least share of the users that a group has; smaller ones are merged.
        public var minimumShare: Double
        /// Starts of k-means per number.
        public var restarts: Int
        /// Users on whom silhouettes are computed.
        public var silhouetteSample: Int
        /// Popular items kept per segment.
        public var popularItems: Int

        /// Creates parameters.
        public init(
            kind: Kind = .kMeans,
            counts: ClosedRange<Int> = 2...8,
            scaling: FeatureScaling.Method = .standard,
            minimumShare: Double = 0.02,
            restarts: Int = 4,
            silhouetteSample: Int = 1000,
            popularItems: Int = 100
        ) {
            self.kind = kind
            self.counts = counts
            self.scaling = scaling
            self.minimumShare = minimumShare
            self.restarts = restarts
            self.silhouetteSample = silhouetteSample
            self.popularItems = popularItems
        }
    }

    /// The fewest users that segments are sought among.
    public static let minimumSample = 50

    /// Finds segments among a sample of users; the same sample in the same order with the same seed gives the same model.
    ///
    /// Segments with the same users as those of the model `previous` keep their numbers. Throws `tooFewRows` below
    /// ``minimumSample`` users, `invalidParameter`, `cancelled`.
    public static func fit(
        _ profiles: [UserProfile],
        parameters: Parameters = Parameters(),
        previous: SegmentModel? = nil,
        using random: inout some RandomNumberGenerator,
        isCancelled: () -> Bool = { false }
    ) throws(SegmentError) -> SegmentModel {
        guard profiles.count >= minimumSample else {
            throw SegmentError(.tooFewRows, "\(profiles.count) users, \(minimumSample) are needed")
        }
        guard parameters.counts.lowerBound >= 1, (0..<0.5).contains(parameters.minimumShare) else {
            throw SegmentError(.invalidParameter, "groups begin at one, the least share is below a half")
        }
        let features = ProfileFeatures(describing: profiles)
        let raw = features.matrix(of: profiles)
        let scaling = FeatureScaling(fitting: raw, method: parameters.scaling, logarithmic: features.isLogarithmic)
        let rows = scaling.scaled(raw)
        let choice = try GroupCountChoice(
            rows,
            counts: parameters.counts,
            restarts: parameters.restarts,
            silhouetteSample: parameters.silhouetteSample,
            using: &random,
            isCancelled: isCancelled
        )
        let minimum = Int((parameters.minimumShare * Double(rows.rowCount)).rounded(.up))
        let groups = choice.best.fit.mergingGroups(below: minimum, of: rows)
        let grouping: Grouping
        switch parameters.kind {
        case .kMeans:
            grouping = .nearest((0..<groups.centroids.rowCount).map { Array(groups.centroids.row($0)) })
        case .mixture(let shape):
            grouping = .mixture(
                try mixture(rows, from: groups, shape: shape, minimum: minimum, isCancelled: isCancelled)
            )
        }
        return try SegmentModel(
            SegmentSample(profiles: profiles, rows: rows),
            features: features,
            scaling: scaling,
            grouping: grouping,
            trials: choice.trials.map {
                Trial(count: $0.count, inertia: $0.fit.inertia, silhouette: $0.silhouette)
            },
            popularItems: parameters.popularItems,
            previous: previous
        )
    }

    /// Fits a mixture; while one of its groups is too small, it begins again without it.
    private static func mixture(
        _ rows: FeatureMatrix,
        from groups: KMeans,
        shape: GaussianMixture.Shape,
        minimum: Int,
        isCancelled: () -> Bool
    ) throws(SegmentError) -> GaussianMixture {
        var start = groups.assignments
        while true {
            let mixture = try GaussianMixture.fit(
                rows,
                from: start,
                parameters: GaussianMixture.Parameters(shape: shape, varianceFloor: 1e-3),
                isCancelled: isCancelled
            )
            let logs = (0..<rows.rowCount).map { mixture.logDensities(rows.row($0)) }
            func likeliest(_ row: [Double], without dropped: Int? = nil) -> Int {
                row.indices.filter { $0 != dropped }.max { row[$0] < row[$1] } ?? 0
            }
            var sizes = mixture.components.map { _ in 0 }
            for row in logs { sizes[likeliest(row)] += 1 }
            guard let smallest = sizes.indices.min(by: { sizes[$0] < sizes[$1] }), sizes.count > 1,
                sizes[smallest] < minimum
            else { return mixture }
            start = logs.map { row in
                let group = likeliest(row, without: smallest)
                return group > smallest ? group - 1 : group
            }
        }
    }
}

/// The users that a model is fitted to, with their scaled features.
struct SegmentSample {
    let profiles: [UserProfile]
    let rows: FeatureMatrix
}

extension SegmentModel {
    /// Describes the groups that were found.
    private init(
        _ sample: SegmentSample,
        features: ProfileFeatures,
        scaling: FeatureScaling,
        grouping: Grouping,
        trials: [Trial],
        popularItems: Int,
        previous: SegmentModel?
    ) throws(SegmentError) {
        let rows = sample.rows
        let mean = rows.columnMeans
        let deviation = (0..<rows.columnCount).map { column in
            let sum = rows.column(column).reduce(0) { $0 + ($1 - mean[column]) * ($1 - mean[column]) }
            return (sum / Double(rows.rowCount)).squareRoot()
        }
        let centroids: [[Double]] =
            switch grouping {
            case .nearest(let centroids): centroids
            case .mixture(let mixture): mixture.components.map(\.mean)
            }
        let blank = centroids.map {
            Segment(
                number: 0,
                name: "",
                size: 0,
                centroid: $0,
                meanDistance: 0,
                topFeatures: SegmentNaming.topFeatures(of: $0, mean: mean, deviation: deviation),
                popularItems: []
            )
        }
        let plane = try PrincipalComponents(of: rows, count: min(2, rows.columnCount))
        let asOf = sample.profiles.map(\.lastSeen).max() ?? Timestamp(milliseconds: 0)
        let rfm = RFMQuintiles(sample.profiles.map { $0.rfm(now: asOf) })
        let draft = SegmentModel(
            features: features,
            scaling: scaling,
            grouping: grouping,
            segments: blank,
            plane: plane,
            rfm: rfm,
            asOf: asOf,
            sampleSize: rows.rowCount,
            trials: trials,
            nextNumber: 0
        )
        let assignments = (0..<rows.rowCount).map { draft.assignment(ofScaled: Array(rows.row($0))) }
        let numbers = SegmentNumbers(assignments.map(\.index), of: sample.profiles, count: blank.count, previous)
        let names = SegmentNaming.names(blank.map(\.topFeatures), features: features.names)
        let popular = SegmentPopularity.items(
            of: sample.profiles,
            assignments: assignments.map(\.index),
            segments: blank.count,
            limit: popularItems
        )
        var segments = blank
        for index in segments.indices {
            let own = assignments.filter { $0.index == index }
            segments[index].number = numbers.numbers[index]
            segments[index].name = names[index]
            segments[index].size = own.count
            segments[index].meanDistance = own.reduce(0) { $0 + $1.distance } / Double(max(1, own.count))
            segments[index].popularItems = popular[index]
        }
        self.init(
            features: features,
            scaling: scaling,
            grouping: grouping,
            segments: segments,
            plane: plane,
            rfm: rfm,
            asOf: asOf,
            sampleSize: rows.rowCount,
            trials: trials,
            nextNumber: numbers.next
        )
    }
}
