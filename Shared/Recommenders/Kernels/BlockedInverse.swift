import COpenBLAS

/// The inverse of a symmetric positive definite matrix in place, its blocks shared among workers.
///
/// Cholesky's factor L stands in the blocks of the lower triangle; then U, the transpose of L's inverse, in those above the
/// diagonal, its diagonal blocks apart; then U · Uᵀ, which is the inverse, below again. OpenBLAS multiplies the blocks, each
/// on one thread. Which worker takes a block has no effect on the numbers.
struct BlockedInverse: Sendable {
    private let matrix: DisjointDoubleRows
    private let count: Int
    private let blockSize: Int
    private let context: FitContext

    private var blockCount: Int { (count + blockSize - 1) / blockSize }

    /// The matrix row by row, of which the lower triangle is read.
    init(of matrix: DisjointDoubleRows, count: Int, blockSize: Int = 128, context: FitContext) {
        self.matrix = matrix
        self.count = count
        self.blockSize = blockSize
        self.context = context
    }

    /// Replaces the matrix by its inverse, both triangles; `false` when rounding made it not positive definite.
    func callAsFunction() throws(RecommenderError) -> Bool {
        _ = LinearAlgebra.singleThreaded
        guard try factorize() else { return false }
        context.progress(0.5)
        let diagonal = UnsafeMutablePointer<Double>.allocate(capacity: count * blockSize)
        defer { diagonal.deallocate() }
        diagonal.initialize(repeating: 0, count: count * blockSize)
        try invertFactor(diagonal: DisjointDoubleRows(target: diagonal))
        context.progress(0.7)
        try multiplyInverses(diagonal: DisjointDoubleRows(target: diagonal))
        try forEachBlock { block in
            for row in range(block) {
                for column in 0..<row { matrix.target[column * count + row] = matrix.target[row * count + column] }
            }
        }
        return true
    }

    private func factorize() throws(RecommenderError) -> Bool {
        for block in 0..<blockCount {
            let pivot = range(block)
            var (order, leading, status) = (Int32(pivot.count), Int32(count), Int32(0))
            // LAPACK goes by columns: our lower triangle is its upper one.
            dpotrf_("U", &order, cell(pivot.lowerBound, pivot.lowerBound), &leading, &status)
            guard status == 0 else { return false }
            try forEachBlock(after: block) { below in
                let rows = range(below)
                divide(cell(rows.lowerBound, pivot.lowerBound), stride: count, rows: rows.count, byFactorOf: pivot)
            }
            try forEachBlock(after: block) { below in
                // The upper half of the diagonal block comes along, and nobody reads it.
                let (rows, columns) = (range(below), pivot.upperBound..<range(below).upperBound)
                add(
                    -1,
                    times: (cell(rows.lowerBound, pivot.lowerBound), count),
                    (cell(columns.lowerBound, pivot.lowerBound), count),
                    to: (cell(rows.lowerBound, columns.lowerBound), count),
                    (rows.count, columns.count, pivot.count)
                )
            }
        }
        return true
    }

    /// No row of blocks needs another: U[j, i] = −(Σ U[j, k] · L[i, k]ᵀ over k from j to i − 1) · L[i, i]⁻ᵀ.
    private func invertFactor(diagonal: DisjointDoubleRows) throws(RecommenderError) {
        try forEachBlock { block in
            let rows = range(block)
            let own = diagonal.target + rows.lowerBound * blockSize
            for row in 0..<rows.count { own[row * blockSize + row] = 1 }
            divide(own, stride: blockSize, rows: rows.count, byFactorOf: rows)
            for right in block + 1..<max(block + 1, blockCount) {
                let columns = range(right)
                let target = cell(rows.lowerBound, columns.lowerBound)
                for row in 0..<rows.count { (target + row * count).update(repeating: 0, count: columns.count) }
                add(
                    -1,
                    times: (own, blockSize),
                    (cell(columns.lowerBound, rows.lowerBound), count),
                    to: (target, count),
                    (rows.count, columns.count, rows.count)
                )
                let known = rows.upperBound..<columns.lowerBound
                add(
                    -1,
                    times: (cell(rows.lowerBound, known.lowerBound), count),
                    (cell(columns.lowerBound, known.lowerBound), count),
                    to: (target, count),
                    (rows.count, columns.count, known.count)
                )
                divide(target, stride: count, rows: rows.count, byFactorOf: columns)
            }
        }
    }

    /// P[i, j] = Σ U[i, k] · U[j, k]ᵀ over k from i on, for the blocks j up to i.
    private func multiplyInverses(diagonal: DisjointDoubleRows) throws(RecommenderError) {
        try forEachBlock { block in
            let rows = range(block)
            let own = diagonal.target + rows.lowerBound * blockSize
            let target = cell(rows.lowerBound, 0)
            for row in 0..<rows.count { (target + row * count).update(repeating: 0, count: rows.upperBound) }
            add(
                1,
                times: (own, blockSize),
                (cell(0, rows.lowerBound), count),
                to: (target, count),
                (rows.count, rows.lowerBound, rows.count)
            )
            add(
                1,
                times: (own, blockSize),
                (own, blockSize),
                to: (cell(rows.lowerBound, rows.lowerBound), count),
                (rows.count, rows.count, rows.count)
            )
            guard rows.upperBound < count else { return }
            add(
                1,
                times: (cell(rows.lowerBound, rows.upperBound), count),
                (cell(0, rows.upperBound), count),
                to: (target, count),
                (rows.count, rows.upperBound, count - rows.upperBound)
            )
        }
    }

    private func range(_ block: Int) -> Range<Int> { block * blockSize..<min(count, (block + 1) * blockSize) }

    private func cell(_ row: Int, _ column: Int) -> UnsafeMutablePointer<Double> {
        matrix.target + row * count + column
    }

    /// Runs the body for each block after a given one, the last first, as it mostly has the most to do.
    private func forEachBlock(
        after first: Int = -1,
        _ body: @escaping @Sendable (_ block: Int) -> Void
    ) throws(RecommenderError) {
        let last = blockCount - 1
        context.workers.forEachChunk(of: last - first, size: 1, unless: context.isCancelled) { chunk, _ in
            body(last - chunk)
        }
        try context.checkCancellation()
    }

    /// Rows · L⁻ᵀ in place, with the diagonal block of L at `block`.
    private func divide(
        _ target: UnsafeMutablePointer<Double>,
        stride: Int,
        rows: Int,
        byFactorOf block: Range<Int>
    ) {
        cblas_dtrsm(
            CblasRowMajor,
            CblasRight,
            CblasLower,
            CblasTrans,
            CblasNonUnit,
            Int32(rows),
            Int32(block.count),
            1,
            cell(block.lowerBound, block.lowerBound),
            Int32(count),
            target,
            Int32(stride)
        )
    }

    private typealias Block = (cells: UnsafeMutablePointer<Double>, stride: Int)

    /// target += factor · left · rightᵀ, with a target of `rows` x `columns`.
    private func add(
        _ factor: Double,
        times left: Block,
        _ right: Block,
        to target: Block,
        _ size: (rows: Int, columns: Int, depth: Int)
    ) {
        guard size.columns > 0, size.depth > 0 else { return }
        cblas_dgemm(
            CblasRowMajor,
            CblasNoTrans,
            CblasTrans,
            Int32(size.rows),
            Int32(size.columns),
            Int32(size.depth),
            factor,
            left.cells,
            Int32(left.stride),
            right.cells,
            Int32(right.stride),
            1,
            target.cells,
            Int32(target.stride)
        )
    }
}
