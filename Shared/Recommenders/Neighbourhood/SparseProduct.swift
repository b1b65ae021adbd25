/// The product of two sparse matrices, made row by row, of which each row keeps its best cells only.
///
/// A worker holds one dense row as accumulator, so memory is what is kept plus a row per worker. The sums of a cell are
/// added in the order of the inner index: the number of workers changes nothing.
struct SparseProduct: Sendable {
    /// Rows by inner index.
    let left: SparseRows
    /// Inner index by columns.
    let right: SparseRows
    let columnCount: Int
    /// Whether rows and columns are the same items, none of which is its own neighbour.
    var leavesOutDiagonal = true

    /// What becomes of the products of a row before the best are kept; it changes the values in place.
    typealias Transform =
        @Sendable (_ row: Int, _ columns: UnsafeBufferPointer<Int32>, _ products: UnsafeMutableBufferPointer<Float>)
        -> Void

    /// The `limit` largest positive cells of each row after `transform`, in no particular order.
    ///
    /// Throws `cancelled`.
    func bestOfRows(
        _ limit: Int,
        ties: BestEntries.Ties = .lowerColumn,
        context: FitContext,
        progress: ClosedRange<Double> = 0...1,
        transform: @escaping Transform = { _, _, _ in }
    ) throws(RecommenderError) -> SparseRows {
        let chunks = try context.workers.mapChunks(
            of: left.rowCount,
            size: 64,
            context: context,
            progress: progress
        ) { rows in
            var row = ProductRow(columnCount: columnCount)
            var best = BestEntries(ties: ties)
            var chunk = RowChunk()
            for index in rows {
                row.compute(index, of: self)
                row.withCells(leavingOut: leavesOutDiagonal ? index : nil) { columns, values in
                    transform(index, UnsafeBufferPointer(columns), values)
                    let count = best.keep(limit, columns: columns, values: values)
                    chunk.appendRow(columns.prefix(count), values.prefix(count))
                }
            }
            return chunk
        }
        return SparseRows(joining: chunks)
    }
}

/// One row of a product: the columns that were met, and a dense accumulator.
struct ProductRow {
    private var sums: [Float]
    /// The number of the row that wrote a column last; what is older counts as zero.
    private var stamps: [Int32]
    private var stamp: Int32 = 0
    private var columns: [Int32]
    private var values: [Float]
    private var count = 0

    init(columnCount: Int) {
        sums = [Float](repeating: 0, count: columnCount)
        stamps = [Int32](repeating: 0, count: columnCount)
        columns = [Int32](repeating: 0, count: columnCount)
        values = [Float](repeating: 0, count: columnCount)
    }

    /// Adds up row `index` of the product.
    mutating func compute(_ index: Int, of product: SparseProduct) {
        let range = product.left.range(of: index)
        product.left.columns.withUnsafeBufferPointer { inner in
            product.left.values.withUnsafeBufferPointer { weights in
                compute(
                    UnsafeBufferPointer(rebasing: inner[range]),
                    UnsafeBufferPointer(rebasing: weights[range]),
                    times: product.right
                )
            }
        }
    }

    /// Adds up a row that is given as pairs of inner index and weight.
    mutating func compute(
        _ inner: UnsafeBufferPointer<Int32>,
        _ weights: UnsafeBufferPointer<Float>,
        times right: SparseRows
    ) {
        stamp += 1
        let stamp = stamp
        var count = 0
        sums.withUnsafeMutableBufferPointer { sums in
            stamps.withUnsafeMutableBufferPointer { stamps in
                columns.withUnsafeMutableBufferPointer { met in
                    right.offsets.withUnsafeBufferPointer { offsets in
                        right.columns.withUnsafeBufferPointer { rightColumns in
                            right.values.withUnsafeBufferPointer { rightValues in
                                for position in 0..<inner.count {
                                    let (row, weight) = (Int(inner[position]), weights[position])
                                    for entry in offsets[row]..<offsets[row + 1] {
                                        let column = Int(rightColumns[entry])
                                        if stamps[column] != stamp {
                                            stamps[column] = stamp
                                            sums[column] = 0
                                            met[count] = rightColumns[entry]
                                            count += 1
                                        }
                                        sums[column] += weight * rightValues[entry]
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        self.count = count
    }

    /// The cells that were met, in the order in which they were, without column `index`.
    mutating func withCells(
        leavingOut index: Int? = nil,
        _ body: (UnsafeMutableBufferPointer<Int32>, UnsafeMutableBufferPointer<Float>) -> Void
    ) {
        columns.withUnsafeMutableBufferPointer { columns in
            values.withUnsafeMutableBufferPointer { values in
                var kept = 0
                for position in 0..<count where Int(columns[position]) != index ?? -1 {
                    columns[kept] = columns[position]
                    values[kept] = sums[Int(columns[position])]
                    kept += 1
                }
                body(
                    UnsafeMutableBufferPointer(rebasing: columns[..<kept]),
                    UnsafeMutableBufferPointer(rebasing: values[..<kept])
                )
            }
        }
    }
}
