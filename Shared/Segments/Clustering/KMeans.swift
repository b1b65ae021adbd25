/// k-means: rows in k groups around their means (Lloyd 1982), begun by k-means++ (Arthur and Vassilvitskii, SODA 2007).
///
/// Bounds on the distances spare most of them (Hamerly, SDM 2010) and change nothing in the result.
public struct KMeans: Sendable {
    /// The means of the groups.
    public internal(set) var centroids: FeatureMatrix
    /// The group of every row.
    public internal(set) var assignments: [Int]
    /// The sum of squared distances of the rows to their means.
    public internal(set) var inertia: Double
    /// How many rounds the best start took.
    public internal(set) var iterations: Int

    /// Parameters of a fit.
    public struct Parameters: Hashable, Sendable {
        /// How many groups.
        public var count: Int
        /// How many starts; the one with the least inertia stays.
        public var restarts: Int
        /// The most rounds of one start.
        public var maximumIterations: Int

        /// Creates parameters.
        public init(count: Int, restarts: Int = 8, maximumIterations: Int = 300) {
            self.count = count
            self.restarts = restarts
            self.maximumIterations = maximumIterations
        }
    }

    /// Fits `parameters.count` groups, or as many as there are rows.
    ///
    /// - Throws: `tooFewRows` for an empty table, `invalidParameter`, `cancelled`.
    public static func fit(
        _ rows: FeatureMatrix,
        parameters: Parameters,
        using random: inout some RandomNumberGenerator,
        isCancelled: () -> Bool = { false }
    ) throws(SegmentError) -> KMeans {
        guard rows.rowCount > 0 else { throw SegmentError(.tooFewRows, "no rows to group") }
        guard parameters.count > 0, parameters.restarts > 0 else {
            throw SegmentError(.invalidParameter, "\(parameters.count) groups, \(parameters.restarts) starts")
        }
        var best: KMeans?
        for _ in 0..<parameters.restarts {
            if isCancelled() { throw SegmentError(.cancelled, "the fit was cancelled") }
            let start = KMeansSeeding.centroids(of: rows, count: parameters.count, using: &random)
            let found = refine(rows, from: start, maximumIterations: parameters.maximumIterations)
            if best.map({ found.inertia < $0.inertia }) ?? true { best = found }
        }
        guard let best else { throw SegmentError(.invalidParameter, "no start") }
        return best
    }

    /// Moves `centroids` until no row changes its group.
    public static func refine(_ rows: FeatureMatrix, from centroids: FeatureMatrix, maximumIterations: Int) -> KMeans {
        var run = HamerlyRun(rows: rows, centroids: centroids)
        var iterations = 0
        while iterations < maximumIterations {
            iterations += 1
            if !run.step() { break }
        }
        return KMeans(
            centroids: run.centroids,
            assignments: run.assignments,
            inertia: run.inertia,
            iterations: iterations
        )
    }

    /// The rows per group.
    public var sizes: [Int] {
        var sizes = [Int](repeating: 0, count: centroids.rowCount)
        for group in assignments { sizes[group] += 1 }
        return sizes
    }

    /// Dissolves groups below `minimum` rows, the smallest first; their rows go to what is nearest then.
    ///
    /// The means that are left stay: a few far rows would draw one of them to themselves again.
    public func mergingGroups(below minimum: Int, of rows: FeatureMatrix) -> KMeans {
        var result = self
        while result.centroids.rowCount > 1 {
            let sizes = result.sizes
            guard let smallest = sizes.indices.min(by: { sizes[$0] < sizes[$1] }), sizes[smallest] < minimum else {
                break
            }
            let run = HamerlyRun(rows: rows, centroids: result.centroids.rows(sizes.indices.filter { $0 != smallest }))
            (result.centroids, result.assignments, result.inertia) = (run.centroids, run.assignments, run.inertia)
        }
        return result
    }
}
