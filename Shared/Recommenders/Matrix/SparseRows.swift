/// Rows of (column, value) pairs, stored back to back: compressed sparse rows.
public struct SparseRows: Hashable, Sendable {
    /// Where each row begins, and at the end where the last one ends.
    public let offsets: [Int]
    /// The columns of all rows; ascending within a row unless the producer says otherwise.
    public let columns: [Int32]
    /// The values that belong to ``columns``.
    public let values: [Float]

    init(offsets: [Int], columns: [Int32], values: [Float]) {
        assert(offsets.last == columns.count && columns.count == values.count)
        self.offsets = offsets
        self.columns = columns
        self.values = values
    }

    /// How many rows there are, empty ones included.
    public var rowCount: Int { offsets.count - 1 }

    /// How many pairs there are in all.
    public var entryCount: Int { columns.count }

    /// Where the pairs of `row` stand in ``columns`` and ``values``.
    public func range(of row: Int) -> Range<Int> { offsets[row]..<offsets[row + 1] }

    /// The pairs of one row.
    public func entries(of row: Int) -> [WeightedItem] {
        range(of: row).map { WeightedItem(item: Int(columns[$0]), weight: values[$0]) }
    }

    /// The same pairs by column, each column's rows ascending.
    func transposed(columnCount: Int) -> SparseRows {
        var offsets = [Int](repeating: 0, count: columnCount + 1)
        for column in columns { offsets[Int(column) + 1] += 1 }
        for column in 0..<columnCount { offsets[column + 1] += offsets[column] }
        var next = offsets
        var rows = [Int32](repeating: 0, count: entryCount)
        var transposedValues = [Float](repeating: 0, count: entryCount)
        for row in 0..<rowCount {
            for entry in range(of: row) {
                let position = next[Int(columns[entry])]
                next[Int(columns[entry])] += 1
                rows[position] = Int32(truncatingIfNeeded: row)
                transposedValues[position] = values[entry]
            }
        }
        return SparseRows(offsets: offsets, columns: rows, values: transposedValues)
    }
}
