import Foundation

/// A mixture of Gaussians: every group a normal distribution with a weight, fitted by expectation maximisation.
///
/// Eigenvalues of a covariance do not fall below a floor. The floor is a constraint that each round maximises under, not
/// something added, so the likelihood never falls.
public struct GaussianMixture: Hashable, Sendable {
    /// What covariances may look like.
    public enum Shape: UInt8, Sendable {
        /// Axes alone: one variance per feature.
        case diagonal = 0
        /// Anything symmetric.
        case full = 1
    }

    /// One group.
    public struct Component: Hashable, Sendable {
        /// Its share of the rows.
        public var weight: Double
        /// Its middle.
        public var mean: [Double]
        /// The lower triangular factor of its covariance, row by row; for ``Shape/diagonal`` the standard deviations.
        public var deviation: [Double]
        /// log(weight) less the logarithm of the density's divisor.
        var logNorm: Double
    }

    /// The shape of all covariances.
    public let shape: Shape
    /// The groups.
    public private(set) var components: [Component]

    init(shape: Shape, components: [Component]) {
        self.shape = shape
        self.components = components
    }

    /// The number of free parameters.
    public var parameterCount: Int {
        let size = components.first?.mean.count ?? 0
        let perComponent = size + (shape == .diagonal ? size : size * (size + 1) / 2)
        return components.count * perComponent + components.count - 1
    }

    /// The Bayesian information criterion (Schwarz 1978); smaller is better.
    public func bic(_ rows: FeatureMatrix) -> Double {
        -2 * logLikelihood(rows) + Double(parameterCount) * log(Double(rows.rowCount))
    }

    /// The logarithm of the likelihood of all rows.
    public func logLikelihood(_ rows: FeatureMatrix) -> Double {
        (0..<rows.rowCount).reduce(0) { $0 + Self.logSum(logDensities(rows.row($1))) }
    }

    /// The probability of each group given a row.
    public func responsibilities(_ row: some Collection<Double>) -> [Double] {
        let logs = logDensities(row)
        let total = Self.logSum(logs)
        return logs.map { exp($0 - total) }
    }

    /// The logarithm of weight times density, per group.
    func logDensities(_ row: some Collection<Double>) -> [Double] {
        components.map { component in
            let centred = zip(row, component.mean).map { $0 - $1 }
            return component.logNorm - squaredDistance(centred, component) / 2
        }
    }

    private func squaredDistance(_ centred: [Double], _ component: Component) -> Double {
        switch shape {
        case .diagonal:
            return zip(centred, component.deviation).reduce(0) { $0 + ($1.0 / $1.1) * ($1.0 / $1.1) }
        case .full:
            return CholeskyFactor(lower: component.deviation, size: centred.count)?.squaredNorm(of: centred)
                ?? .infinity
        }
    }

    static func logSum(_ logs: [Double]) -> Double {
        let most = logs.max() ?? -.infinity
        guard most > -.infinity else { return most }
        return most + log(logs.reduce(0) { $0 + exp($1 - most) })
    }
}

extension GaussianMixture.Component {
    /// Creates a component from a weight, a mean and the factor or deviations of its covariance; `nil` for none.
    init?(weight: Double, mean: [Double], deviation: [Double], shape: GaussianMixture.Shape) {
        let size = mean.count
        let logDeterminant: Double
        switch shape {
        case .diagonal:
            guard deviation.count == size, deviation.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
            logDeterminant = 2 * deviation.reduce(0) { $0 + log($1) }
        case .full:
            guard let factor = CholeskyFactor(lower: deviation, size: size) else { return nil }
            logDeterminant = factor.logDeterminant
        }
        guard weight > 0, weight <= 1, mean.allSatisfy(\.isFinite), logDeterminant.isFinite else { return nil }
        self.weight = weight
        self.mean = mean
        self.deviation = deviation
        logNorm = log(weight) - (Double(size) * log(2 * .pi) + logDeterminant) / 2
    }
}
