/// The directions in which rows differ most, for plots: an eigen decomposition of their covariance.
public struct PrincipalComponents: Hashable, Sendable {
    /// The mean that is taken off before projecting.
    public let mean: [Double]
    /// The directions, of length one, the one of the largest variance first.
    public let components: [[Double]]
    /// The variance along each direction.
    public let variances: [Double]
    /// The variance along all directions, kept or not.
    public let totalVariance: Double

    /// Finds the first `count` directions.
    public init(of matrix: FeatureMatrix, count: Int) throws(SegmentError) {
        guard matrix.rowCount > 1 else { throw SegmentError(.tooFewRows, "two rows are needed") }
        let size = matrix.columnCount
        guard count > 0, count <= size else {
            throw SegmentError(.invalidParameter, "\(count) components of \(size) columns")
        }
        let mean = matrix.columnMeans
        let eigen = SymmetricEigen(Self.covariance(of: matrix, mean: mean), size: size)
        self.mean = mean
        components = Array(eigen.vectors.prefix(count))
        variances = Array(eigen.values.prefix(count))
        totalVariance = eigen.values.reduce(0, +)
    }

    init(mean: [Double], components: [[Double]], variances: [Double], totalVariance: Double) {
        self.mean = mean
        self.components = components
        self.variances = variances
        self.totalVariance = totalVariance
    }

    /// Where a row lies along the directions.
    public func project(_ row: some Collection<Double>) -> [Double] {
        components.map { component in
            zip(zip(row, mean), component).reduce(0) { $0 + ($1.0.0 - $1.0.1) * $1.1 }
        }
    }

    /// The covariance of the columns with divisor n − 1, row by row.
    static func covariance(of matrix: FeatureMatrix, mean: [Double]) -> [Double] {
        let size = matrix.columnCount
        var sums = [Double](repeating: 0, count: size * size)
        for row in 0..<matrix.rowCount {
            let centred = zip(matrix.row(row), mean).map { $0 - $1 }
            for i in 0..<size { for j in 0...i { sums[i * size + j] += centred[i] * centred[j] } }
        }
        for i in 0..<size {
            for j in 0...i {
                sums[i * size + j] /= Double(matrix.rowCount - 1)
                sums[j * size + i] = sums[i * size + j]
            }
        }
        return sums
    }
}
