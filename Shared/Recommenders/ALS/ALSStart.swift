import CKernels
import Glibc

extension ALSParameters {
    /// The items' vectors before the first iteration.
    func startingItems(of matrix: InteractionMatrix, _ context: FitContext) throws(RecommenderError) -> FactorMatrix {
        var items = FactorMatrix(rowCount: matrix.itemCount, width: factors)
        switch (start, objective) {
        case (.published, .confidence), (.published, .weightedRegularization):
            items.fillUniformly(below: 1 / Float(factors).squareRoot(), seed: context.seed)
        case (.published, .frequencyScaled):
            items.fillNormally(deviation: 0.1 / Float(factors).squareRoot(), seed: context.seed)
        case (.spectral, _):
            items.fillNormally(deviation: 1, seed: context.seed)
            try ALSSpectralStart(matrix, ALSObjective(parameters: self), context).improve(&items)
        }
        return items
    }
}

/// Power iterations that turn random item vectors towards the leading singular vectors of the matrix of targets.
private struct ALSSpectralStart {
    private let users: ALSRows
    private let items: ALSRows
    private let context: FitContext

    private static let rounds = 2

    init(_ matrix: InteractionMatrix, _ objective: ALSObjective, _ context: FitContext) {
        users = ALSRows(matrix.byUser, objective)
        items = ALSRows(matrix.byItem, objective)
        self.context = context
    }

    func improve(_ vectors: inout FactorMatrix) throws(RecommenderError) {
        for _ in 0..<Self.rounds {
            vectors.orthonormalizeRoughly(workers: context.workers)
            let image = users.targetSums(of: vectors, context)
            vectors = items.targetSums(of: image, context)
            try context.checkCancellation()
        }
        vectors.orthonormalizeRoughly(workers: context.workers)
    }
}

extension ALSRows {
    /// For each row Σ t·v.
    fileprivate func targetSums(of vectors: FactorMatrix, _ context: FitContext) -> FactorMatrix {
        var sums = FactorMatrix(rowCount: rows.rowCount, width: vectors.width)
        let stride = vectors.stride
        vectors.values.withUnsafeBufferPointer { source in
            sums.values.withUnsafeMutableBufferPointer { target in
                guard let source = source.baseAddress, let target = target.baseAddress else { return }
                let shared = DisjointRows(source: source, target: target)
                context.workers.forEachChunk(of: rows.rowCount, size: 64, unless: context.isCancelled) { _, range in
                    for row in range {
                        let entries = rows.range(of: row)
                        withEntries(entries) { columns, _, targets in
                            let sum = shared.target + row * stride
                            ckernels_als_weighted_sum(shared.source, stride, columns, targets, entries.count, sum)
                        }
                    }
                }
            }
        }
        return sums
    }
}

extension FactorMatrix {
    /// Makes the columns orthonormal up to rounding in the Gram matrix: V·L⁻ᵀ with VᵀV = LLᵀ.
    fileprivate mutating func orthonormalizeRoughly(workers: Workers) {
        let parameters = ALSParameters(factors: width, regularization: .leastNormalMagnitude)
        let coordinates = ALSCoordinates(
            gram: gram(workers: workers),
            width: width,
            stride: stride,
            objective: ALSObjective(parameters: parameters)
        )
        self = product(with: coordinates.ofGiven, workers: workers)
    }

    fileprivate mutating func fillUniformly(below bound: Float, seed: UInt64) {
        var random = RandomSource(seed: seed)
        for row in 0..<rowCount {
            for column in 0..<width { values[row * stride + column] = random.uniform() * bound }
        }
    }

    /// Normal numbers by Box and Muller.
    mutating func fillNormally(deviation: Float, seed: UInt64) {
        var random = RandomSource(seed: seed)
        for row in 0..<rowCount {
            for column in Swift.stride(from: 0, to: width, by: 2) {
                // 1 - u is never zero.
                let radius = (-2 * log(1 - random.uniform())).squareRoot() * deviation
                let angle = 2 * Float.pi * random.uniform()
                values[row * stride + column] = radius * cos(angle)
                if column + 1 < width { values[row * stride + column + 1] = radius * sin(angle) }
            }
        }
    }
}
