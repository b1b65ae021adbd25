import CKernels

/// Half an iteration: every row of one side solved, given the other side.
struct ALSHalfStep {
    let rows: ALSRows
    let objective: ALSObjective
    /// Whether the target holds the vectors of the iteration before.
    var isWarm: Bool
    let context: FitContext

    /// Solves every row of `target`; rows without entries become zero.
    func callAsFunction(_ target: inout FactorMatrix, given: FactorMatrix) throws(RecommenderError) {
        let gram = given.gram(workers: context.workers)
        switch objective.parameters.solver {
        case .automatic: stepByConjugateGradient(&target, given: given, gram: gram, steps: 2)
        case .conjugateGradient(let steps): stepByConjugateGradient(&target, given: given, gram: gram, steps: steps)
        case .cholesky: solveExactly(&target, given: given, gram: gram)
        case .block(let size): solveBlocks(&target, given: given, gram: gram, size: size)
        }
        try context.checkCancellation()
    }

    /// Runs `body` for chunks of rows, on all workers.
    func forEachChunk(
        of target: inout FactorMatrix,
        given: FactorMatrix,
        _ body: @escaping @Sendable (DisjointRows, Range<Int>) -> Void
    ) {
        given.values.withUnsafeBufferPointer { source in
            target.values.withUnsafeMutableBufferPointer { destination in
                guard let source = source.baseAddress, let destination = destination.baseAddress else { return }
                let shared = DisjointRows(source: source, target: destination)
                context.workers.forEachChunk(of: rows.rows.rowCount, size: 64, unless: context.isCancelled) {
                    _,
                    range in
                    body(shared, range)
                }
            }
        }
    }

    private func stepByConjugateGradient(
        _ target: inout FactorMatrix,
        given: FactorMatrix,
        gram: [Float],
        steps: Int
    ) {
        let (width, stride, others) = (given.width, given.stride, given.rowCount)
        let coordinates = ALSCoordinates(gram: gram, width: width, stride: stride, objective: objective)
        let transformed = given.product(with: coordinates.ofGiven, workers: context.workers)
        let (rows, objective, isWarm) = (rows, objective, isWarm)
        forEachChunk(of: &target, given: transformed) { shared, range in
            let count = range.count
            var points = [Float](repeating: 0, count: count * stride)
            var scratch = [Float](repeating: 0, count: 4 * stride)
            var diagonal = [Float](repeating: 1, count: stride)
            var inverse = diagonal
            let solutions = shared.target + range.lowerBound * stride
            points.withUnsafeMutableBufferPointer { points in
                guard let points = points.baseAddress else { return }
                if isWarm {
                    LinearAlgebra.multiplyRows(solutions, count, by: coordinates.ofSolved, stride, into: points)
                }
                for row in range {
                    let point = points + (row - range.lowerBound) * stride
                    let entries = rows.rows.range(of: row)
                    guard !entries.isEmpty else {
                        point.update(repeating: 0, count: stride)
                        continue
                    }
                    if let eigenvalues = coordinates.eigenvalues {
                        let regularization = objective.regularization(count: entries.count, others: others)
                        for index in 0..<stride {
                            diagonal[index] = eigenvalues[index] + regularization
                            inverse[index] = 1 / diagonal[index]
                        }
                    }
                    rows.withEntries(entries) { columns, weights, targets in
                        ckernels_als_conjugate_gradient(
                            shared.source,
                            stride,
                            columns,
                            weights,
                            targets,
                            entries.count,
                            diagonal,
                            inverse,
                            steps,
                            isWarm ? 1 : 0,
                            point,
                            &scratch
                        )
                    }
                }
                LinearAlgebra.multiplyRows(points, count, by: coordinates.back, stride, into: solutions)
            }
        }
    }
}

extension ALSRows {
    /// Columns, c and t of some entries.
    func withEntries(
        _ entries: Range<Int>,
        _ body: (UnsafePointer<Int32>, UnsafePointer<Float>, UnsafePointer<Float>) -> Void
    ) {
        rows.columns.withUnsafeBufferPointer { columns in
            weights.withUnsafeBufferPointer { weights in
                targets.withUnsafeBufferPointer { targets in
                    guard let columns = columns.baseAddress, let weights = weights.baseAddress,
                        let targets = targets.baseAddress
                    else { return }
                    body(columns + entries.lowerBound, weights + entries.lowerBound, targets + entries.lowerBound)
                }
            }
        }
    }
}
