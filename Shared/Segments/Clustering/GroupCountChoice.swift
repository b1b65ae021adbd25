/// How many groups there are: k-means for every number in a range, judged by silhouette and elbow.
public struct GroupCountChoice: Sendable {
    /// One number that was tried.
    public struct Trial: Sendable {
        /// The groups.
        public let fit: KMeans
        /// The sampled mean silhouette; 0 for a single group.
        public let silhouette: Double
        /// How many groups were asked for.
        public let count: Int
    }

    /// Everything that was tried, in ascending number.
    public let trials: [Trial]
    /// The number at the bend of the inertia: the farthest below the line from the first to the last trial.
    public let elbow: Int
    /// The trial that was chosen.
    public let best: Trial

    /// Silhouettes as near as this to the best are held for equal; then the elbow counts, if it is among them.
    public static let tolerance = 0.01

    /// Tries every number of `counts`.
    ///
    /// - Throws: as ``KMeans/fit(_:parameters:using:isCancelled:)``.
    public init(
        _ rows: FeatureMatrix,
        counts: ClosedRange<Int>,
        restarts: Int = 8,
        silhouetteSample: Int = 1000,
        using random: inout some RandomNumberGenerator,
        isCancelled: () -> Bool = { false }
    ) throws(SegmentError) {
        var trials: [Trial] = []
        for count in counts {
            let fit = try KMeans.fit(
                rows,
                parameters: KMeans.Parameters(count: count, restarts: restarts),
                using: &random,
                isCancelled: isCancelled
            )
            let silhouette = Silhouette.mean(
                rows,
                assignments: fit.assignments,
                sampleSize: silhouetteSample,
                using: &random
            )
            trials.append(Trial(fit: fit, silhouette: silhouette, count: count))
        }
        let elbow = Self.elbow(trials.map { ($0.count, $0.fit.inertia) })
        guard let top = trials.max(by: { $0.silhouette < $1.silhouette }) else {
            throw SegmentError(.invalidParameter, "no number of groups to try")
        }
        let bend = trials.first { $0.count == elbow && $0.silhouette >= top.silhouette - Self.tolerance }
        self.trials = trials
        self.elbow = elbow
        best = bend ?? top
    }

    /// The number whose inertia lies farthest below the straight line between the ends.
    static func elbow(_ curve: [(count: Int, inertia: Double)]) -> Int {
        guard let first = curve.first, let last = curve.last, first.count < last.count else {
            return curve.first?.count ?? 1
        }
        func depth(_ point: (count: Int, inertia: Double)) -> Double {
            let share = Double(point.count - first.count) / Double(last.count - first.count)
            return first.inertia + share * (last.inertia - first.inertia) - point.inertia
        }
        return curve.max { depth($0) < depth($1) }?.count ?? first.count
    }
}
