/// A dense table of numbers: one row per user, one column per feature.
public struct FeatureMatrix: Hashable, Sendable {
    /// How many rows there are.
    public let rowCount: Int
    /// How many columns there are.
    public let columnCount: Int
    /// The numbers, one row after the other.
    public internal(set) var values: [Double]

    /// Creates a table of `rows`, all of the same length.
    public init(rows: [[Double]]) {
        let width = rows.first?.count ?? 0
        precondition(rows.allSatisfy { $0.count == width }, "rows have the same length")
        columnCount = width
        rowCount = rows.count
        values = rows.flatMap(\.self)
    }

    /// Creates a table of zeros.
    init(rowCount: Int, columnCount: Int) {
        self.rowCount = rowCount
        self.columnCount = columnCount
        values = [Double](repeating: 0, count: rowCount * columnCount)
    }

    /// One number.
    public subscript(row: Int, column: Int) -> Double {
        get { values[row * columnCount + column] }
        set { values[row * columnCount + column] = newValue }
    }

    /// One row.
    public func row(_ index: Int) -> ArraySlice<Double> {
        values[index * columnCount..<(index + 1) * columnCount]
    }

    /// One column.
    func column(_ index: Int) -> [Double] {
        (0..<rowCount).map { self[$0, index] }
    }

    /// The rows of these indices, in their order.
    func rows(_ indices: [Int]) -> FeatureMatrix {
        FeatureMatrix(rows: indices.map { Array(row($0)) })
    }

    /// The mean of every column.
    var columnMeans: [Double] {
        var means = [Double](repeating: 0, count: columnCount)
        for row in 0..<rowCount {
            for column in 0..<columnCount { means[column] += values[row * columnCount + column] }
        }
        return means.map { $0 / Double(max(1, rowCount)) }
    }

    /// The squared distance between a row and a row of another table with as many columns.
    func squaredDistance(_ row: Int, to other: FeatureMatrix, _ otherRow: Int) -> Double {
        var sum = 0.0
        var (left, right) = (row * columnCount, otherRow * columnCount)
        for _ in 0..<columnCount {
            let difference = values[left] - other.values[right]
            sum += difference * difference
            left += 1
            right += 1
        }
        return sum
    }
}
