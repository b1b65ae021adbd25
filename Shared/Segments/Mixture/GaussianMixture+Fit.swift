import Foundation

extension GaussianMixture {
    /// Parameters of a fit.
    public struct Parameters: Hashable, Sendable {
        /// What covariances may look like.
        public var shape: Shape
        /// The least eigenvalue of a covariance.
        public var varianceFloor: Double
        /// The most rounds.
        public var maximumIterations: Int
        /// A gain of the mean log-likelihood below which it ends.
        public var tolerance: Double

        /// Creates parameters.
        public init(
            shape: Shape = .diagonal,
            varianceFloor: Double = 1e-6,
            maximumIterations: Int = 500,
            tolerance: Double = 1e-6
        ) {
            self.shape = shape
            self.varianceFloor = varianceFloor
            self.maximumIterations = maximumIterations
            self.tolerance = tolerance
        }
    }

    /// Fits a mixture that begins with the groups `assignments`, such as those of k-means.
    ///
    /// `progress` is told the mean log-likelihood of each round, which never falls but for rounding. Throws `tooFewRows` when
    /// there are not two rows, `invalidParameter`, `cancelled`.
    public static func fit(
        _ rows: FeatureMatrix,
        from assignments: [Int],
        parameters: Parameters = Parameters(),
        isCancelled: () -> Bool = { false },
        progress: (Double) -> Void = { _ in }
    ) throws(SegmentError) -> GaussianMixture {
        guard rows.rowCount > 1, assignments.count == rows.rowCount else {
            throw SegmentError(.tooFewRows, "\(rows.rowCount) rows, \(assignments.count) assignments")
        }
        guard parameters.varianceFloor > 0, let groups = assignments.max(), assignments.allSatisfy({ $0 >= 0 }) else {
            throw SegmentError(.invalidParameter, "the floor must be above zero, groups begin at zero")
        }
        var shares = assignments.map { group in (0...groups).map { $0 == group ? 1.0 : 0 } }
        var mixture = try maximize(rows, shares, parameters)
        var before = -Double.infinity
        for _ in 0..<parameters.maximumIterations {
            if isCancelled() { throw SegmentError(.cancelled, "the fit was cancelled") }
            var total = 0.0
            for row in 0..<rows.rowCount {
                let logs = mixture.logDensities(rows.row(row))
                let sum = logSum(logs)
                total += sum
                shares[row] = logs.map { exp($0 - sum) }
            }
            let mean = total / Double(rows.rowCount)
            progress(mean)
            guard mean - before > parameters.tolerance else { break }
            before = mean
            mixture = try maximize(rows, shares, parameters)
        }
        return mixture
    }

    /// The parameters under which the shares are most likely.
    private static func maximize(
        _ rows: FeatureMatrix,
        _ shares: [[Double]],
        _ parameters: Parameters
    ) throws(SegmentError) -> GaussianMixture {
        let size = rows.columnCount
        var components: [Component] = []
        for group in 0..<(shares.first?.count ?? 0) {
            let mass = shares.reduce(0) { $0 + $1[group] }
            // A group that nobody belongs to any more goes.
            guard mass > 1e-8 else { continue }
            var mean = [Double](repeating: 0, count: size)
            for (row, share) in shares.enumerated() {
                for column in 0..<size { mean[column] += share[group] * rows.values[row * size + column] / mass }
            }
            let deviation =
                parameters.shape == .diagonal
                ? deviations(rows, shares, group, mean, mass, floor: parameters.varianceFloor)
                : factor(rows, shares, group, mean, mass, floor: parameters.varianceFloor)
            guard
                let component = Component(
                    weight: mass / Double(rows.rowCount),
                    mean: mean,
                    deviation: deviation,
                    shape: parameters.shape
                )
            else { throw SegmentError(.invalidParameter, "a covariance is not finite") }
            components.append(component)
        }
        return GaussianMixture(shape: parameters.shape, components: components)
    }

    private static func deviations(
        _ rows: FeatureMatrix,
        _ shares: [[Double]],
        _ group: Int,
        _ mean: [Double],
        _ mass: Double,
        floor: Double
    ) -> [Double] {
        var variances = [Double](repeating: 0, count: mean.count)
        for (row, share) in shares.enumerated() {
            for column in mean.indices {
                let difference = rows.values[row * mean.count + column] - mean[column]
                variances[column] += share[group] * difference * difference / mass
            }
        }
        return variances.map { max($0, floor).squareRoot() }
    }

    private static func factor(
        _ rows: FeatureMatrix,
        _ shares: [[Double]],
        _ group: Int,
        _ mean: [Double],
        _ mass: Double,
        floor: Double
    ) -> [Double] {
        let size = mean.count
        var covariance = [Double](repeating: 0, count: size * size)
        for (row, share) in shares.enumerated() where share[group] > 0 {
            let centred = zip(rows.row(row), mean).map { $0 - $1 }
            for i in 0..<size {
                let weighted = share[group] * centred[i] / mass
                for j in 0...i { covariance[i * size + j] += weighted * centred[j] }
            }
        }
        for i in 0..<size { for j in 0..<i { covariance[j * size + i] = covariance[i * size + j] } }
        // Positive definite even with the floor taken off: no eigenvalue is below it.
        if CholeskyFactor(raised(covariance, by: -floor, size: size), size: size) != nil,
            let whole = CholeskyFactor(covariance, size: size)
        {
            return whole.lower
        }
        let floored = floorEigenvalues(covariance, size: size, floor: floor)
        return CholeskyFactor(floored, size: size)?.lower
            ?? CholeskyFactor(raised(floored, by: floor, size: size), size: size)?.lower ?? []
    }

    private static func raised(_ matrix: [Double], by amount: Double, size: Int) -> [Double] {
        var raised = matrix
        for index in 0..<size { raised[index * size + index] += amount }
        return raised
    }

    /// The most likely covariance whose eigenvalues are at least `floor`: the same axes, short ones lengthened.
    private static func floorEigenvalues(_ matrix: [Double], size: Int, floor: Double) -> [Double] {
        let eigen = SymmetricEigen(matrix, size: size)
        var result = [Double](repeating: 0, count: size * size)
        for (value, vector) in zip(eigen.values, eigen.vectors) {
            let kept = max(value, floor)
            for i in 0..<size { for j in 0..<size { result[i * size + j] += kept * vector[i] * vector[j] } }
        }
        return result
    }
}
