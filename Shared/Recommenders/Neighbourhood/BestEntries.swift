/// Picks the largest of a row's values without sorting the row: quickselect on keys that order like (value, index).
struct BestEntries {
    /// Which of two equal values comes first.
    enum Ties { case lowerColumn, higherColumn }

    private let ties: Ties
    private var keys: [UInt64] = []

    init(ties: Ties = .lowerColumn) {
        self.ties = ties
    }

    /// Keeps the `limit` largest positive values and answers how many are left.
    ///
    /// What is kept stands at the front of both buffers afterwards, in no particular order. Values that are zero,
    /// negative or not finite go.
    mutating func keep(
        _ limit: Int,
        columns: UnsafeMutableBufferPointer<Int32>,
        values: UnsafeMutableBufferPointer<Float>
    ) -> Int {
        keys.removeAll(keepingCapacity: true)
        let flip: UInt32 = ties == .lowerColumn ? .max : 0
        for index in 0..<columns.count where values[index] > 0 && values[index] < .infinity {
            keys.append(UInt64(values[index].bitPattern) << 32 | UInt64(flip ^ UInt32(bitPattern: columns[index])))
        }
        if keys.count > limit { keys.withUnsafeMutableBufferPointer { Self.select(limit, of: $0) } }
        let count = min(limit, keys.count)
        for index in 0..<count {
            columns[index] = Int32(bitPattern: flip ^ UInt32(truncatingIfNeeded: keys[index]))
            values[index] = Float(bitPattern: UInt32(truncatingIfNeeded: keys[index] >> 32))
        }
        return count
    }

    /// Moves the `count` largest keys to the front.
    private static func select(_ count: Int, of keys: UnsafeMutableBufferPointer<UInt64>) {
        var (first, last) = (0, keys.count - 1)
        while first < last {
            let middle = first + (last - first) / 2
            let (low, mid, high) = (keys[first], keys[middle], keys[last])
            let pivot = max(min(low, mid), min(max(low, mid), high))
            var (left, right) = (first, last)
            while left <= right {
                while keys[left] > pivot { left += 1 }
                while keys[right] < pivot { right -= 1 }
                if left <= right {
                    keys.swapAt(left, right)
                    left += 1
                    right -= 1
                }
            }
            if count - 1 <= right {
                last = right
            } else if count - 1 >= left {
                first = left
            } else {
                return
            }
        }
    }
}

extension SparseRows {
    /// The largest positive values of each row, ties by ascending column; the rows come out ascending by column.
    func keepingBest(_ limit: Int, columnCount: Int) -> SparseRows {
        var best = BestEntries()
        var chunk = RowChunk()
        for row in 0..<rowCount {
            var rowColumns = Array(columns[range(of: row)])
            var rowValues = Array(values[range(of: row)])
            let count = rowColumns.withUnsafeMutableBufferPointer { columns in
                rowValues.withUnsafeMutableBufferPointer { best.keep(limit, columns: columns, values: $0) }
            }
            chunk.appendRow(rowColumns.prefix(count), rowValues.prefix(count))
        }
        return SparseRows(joining: [chunk]).transposed(columnCount: columnCount).transposed(columnCount: rowCount)
    }
}
