import CKernels

extension ALSHalfStep {
    /// Solves every row by Cholesky's factorisation.
    func solveExactly(_ target: inout FactorMatrix, given: FactorMatrix, gram: [Float]) {
        let (width, stride, others) = (given.width, given.stride, given.rowCount)
        let (rows, objective) = (rows, objective)
        forEachChunk(of: &target, given: given) { shared, range in
            var equations = ALSEquations(gram: gram, width: width, stride: stride, objective: objective)
            for row in range {
                let solution = shared.target + row * stride
                solution.update(repeating: 0, count: stride)
                let entries = rows.rows.range(of: row)
                guard !entries.isEmpty else { continue }
                rows.withEntries(entries) { columns, weights, targets in
                    equations.solve(
                        shared.source,
                        columns,
                        weights,
                        targets,
                        count: entries.count,
                        others: others,
                        into: solution
                    )
                }
            }
        }
    }
}

/// The normal equations of one row, built and solved exactly; the memory serves one row after the other.
struct ALSEquations {
    private let gram: [Float]
    private let width: Int
    private let stride: Int
    private let objective: ALSObjective
    /// The lower triangle of the Cholesky factor of the last row solved.
    private(set) var factor: [Float]
    private var gathered: [Float]

    private static let batch = 64

    /// `gram` is VᵀV, of which the lower triangle is meant.
    init(gram: [Float], width: Int, stride: Int, objective: ALSObjective) {
        self.width = width
        self.stride = stride
        self.objective = objective
        self.gram = gram.map { $0 * objective.unobserved }
        factor = gram
        gathered = [Float](repeating: 0, count: Self.batch * stride)
    }

    /// Solves (α₀VᵀV + Σ c·vvᵀ + λI) x = Σ t·v into `solution`, which must be zero.
    mutating func solve(
        _ vectors: UnsafePointer<Float>,
        _ columns: UnsafePointer<Int32>,
        _ weights: UnsafePointer<Float>,
        _ targets: UnsafePointer<Float>,
        count: Int,
        others: Int,
        into solution: UnsafeMutablePointer<Float>
    ) {
        ckernels_als_weighted_sum(vectors, stride, columns, targets, count, solution)
        let regularization = objective.regularization(count: count, others: others)
        let (width, stride) = (width, stride)
        build(vectors, columns, weights, count, regularization)
        let isFactor = factor.withUnsafeMutableBufferPointer { factor in
            guard let factor = factor.baseAddress else { return true }
            return LinearAlgebra.factorizeLower(factor, width: width, stride: stride)
        }
        // LAPACK stops where rounding made a pivot negative; ours lifts the pivot and goes on.
        if !isFactor { build(vectors, columns, weights, count, regularization) }
        factor.withUnsafeMutableBufferPointer { factor in
            guard let factor = factor.baseAddress else { return }
            if isFactor {
                Cholesky(factor: factor, width: width, stride: stride).solve(solution)
            } else {
                Cholesky(factorizing: factor, width: width, stride: stride).solve(solution)
            }
        }
    }

    private mutating func build(
        _ vectors: UnsafePointer<Float>,
        _ columns: UnsafePointer<Int32>,
        _ weights: UnsafePointer<Float>,
        _ count: Int,
        _ regularization: Float
    ) {
        let (width, stride) = (width, stride)
        factor.withUnsafeMutableBufferPointer { factor in
            gathered.withUnsafeMutableBufferPointer { gathered in
                guard let factor = factor.baseAddress, let gathered = gathered.baseAddress else { return }
                gram.withUnsafeBufferPointer {
                    if let gram = $0.baseAddress { factor.update(from: gram, count: $0.count) }
                }
                for index in 0..<width { factor[index * stride + index] += regularization }
                for first in Swift.stride(from: 0, to: count, by: Self.batch) {
                    let size = min(Self.batch, count - first)
                    for entry in 0..<size {
                        let vector = vectors + Int(columns[first + entry]) * stride
                        let root = weights[first + entry].squareRoot()
                        for index in 0..<stride { gathered[entry * stride + index] = vector[index] * root }
                    }
                    LinearAlgebra.addGram(of: gathered, count: size, width: width, stride: stride, to: factor)
                }
            }
        }
    }
}
