import Foundation

/// How raw features become numbers that distances can compare; fitted once and stored with the model.
///
/// Per column, in this order: log(1 + x) where asked, the median of what is there for what is missing (not a number),
/// then the shift and the division.
public struct FeatureScaling: Hashable, Sendable {
    /// What a column is shifted and divided by.
    public enum Method: UInt8, Sendable, CaseIterable {
        /// Nothing.
        case none = 0
        /// Mean and standard deviation (divisor n).
        case standard = 1
        /// Median and distance of the quartiles, which a few extreme users do not move.
        case robust = 2
    }

    /// What happens to one column.
    public struct Column: Hashable, Sendable {
        /// Whether log(1 + x) is taken first; what is below zero counts as zero.
        public var isLogarithmic: Bool
        /// What stands for a missing number, after the logarithm.
        public var fallback: Double
        /// What is taken off.
        public var centre: Double
        /// What it is divided by; never zero.
        public var scale: Double
    }

    /// One entry per column.
    public let columns: [Column]

    /// Fits a scaling to raw rows; missing numbers are not-a-number.
    public init(fitting raw: FeatureMatrix, method: Method, logarithmic: [Bool]) {
        precondition(logarithmic.count == raw.columnCount)
        columns = logarithmic.enumerated().map { index, isLogarithmic in
            let known = raw.column(index).filter(\.isFinite).map { isLogarithmic ? log1p(max(0, $0)) : $0 }
            let fallback = Quantiles(known).value(at: 0.5)
            // What is missing lies at the fallback and counts as well.
            let all = known + [Double](repeating: fallback, count: raw.rowCount - known.count)
            var column = Column(isLogarithmic: isLogarithmic, fallback: fallback, centre: 0, scale: 1)
            switch method {
            case .none: break
            case .standard:
                let mean = all.reduce(0, +) / Double(max(1, all.count))
                column.centre = mean
                column.scale = (all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, all.count)))
                    .squareRoot()
            case .robust:
                let quantiles = Quantiles(all)
                column.centre = quantiles.value(at: 0.5)
                column.scale = quantiles.value(at: 0.75) - quantiles.value(at: 0.25)
            }
            // A column that is the same for everybody, or nearly: leave its unit.
            if !(column.scale > 1e-12) || !column.scale.isFinite { column.scale = 1 }
            return column
        }
    }

    init(columns: [Column]) {
        self.columns = columns
    }

    /// A row in comparable units.
    public func scaled(_ row: some Collection<Double>) -> [Double] {
        var result: [Double] = []
        result.reserveCapacity(columns.count)
        for (value, column) in zip(row, columns) {
            let known = value.isFinite ? (column.isLogarithmic ? log1p(max(0, value)) : value) : column.fallback
            result.append((known - column.centre) / column.scale)
        }
        return result
    }

    /// Every row in comparable units.
    public func scaled(_ matrix: FeatureMatrix) -> FeatureMatrix {
        var result = FeatureMatrix(rowCount: matrix.rowCount, columnCount: matrix.columnCount)
        result.values = (0..<matrix.rowCount).flatMap { scaled(matrix.row($0)) }
        return result
    }

    /// A scaled number in the feature's own unit.
    public func original(_ value: Double, column index: Int) -> Double {
        let column = columns[index]
        let shifted = value * column.scale + column.centre
        return column.isLogarithmic ? expm1(shifted) : shifted
    }
}
