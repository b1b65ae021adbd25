extension ALSHalfStep {
    /// iALS++ (Rendle, Krichene, Zhang and Koren 2021): for one block of factors after the other, the step that minimises
    /// the objective over that block, with the scores of the row's entries kept up to date.
    func solveBlocks(_ target: inout FactorMatrix, given: FactorMatrix, gram: [Float], size: Int) {
        let (width, stride, others) = (given.width, given.stride, given.rowCount)
        let (rows, objective, isWarm) = (rows, objective, isWarm)
        // Both triangles: the gradient reads whole rows.
        var common = gram.map { $0 * objective.unobserved }
        for row in 0..<width {
            for column in 0..<row { common[column * stride + row] = common[row * stride + column] }
        }
        let solver = ALSBlockSolver(common: common, width: width, stride: stride, size: min(size, width))
        forEachChunk(of: &target, given: given) { shared, range in
            var solver = solver
            for row in range {
                let solution = shared.target + row * stride
                let entries = rows.rows.range(of: row)
                if entries.isEmpty || !isWarm { solution.update(repeating: 0, count: stride) }
                guard !entries.isEmpty else { continue }
                let regularization = objective.regularization(count: entries.count, others: others)
                rows.withEntries(entries) { columns, weights, targets in
                    solver.load(shared.source, columns, count: entries.count, point: solution)
                    for block in Swift.stride(from: 0, to: width, by: solver.size) {
                        solver.step(block, shared.source, columns, weights, targets, regularization, solution)
                    }
                }
            }
        }
    }
}

/// The Newton steps of one row, block by block; the memory serves one row after the other.
private struct ALSBlockSolver {
    let width: Int
    let stride: Int
    let size: Int
    /// α₀VᵀV, both triangles.
    private let common: [Float]
    private let blockStride: Int
    private var hessian: [Float]
    private var gradient: [Float]
    /// The block of each entry's vector.
    private var gathered: [Float] = []
    /// The score of each entry.
    private var scores: [Float] = []

    init(common: [Float], width: Int, stride: Int, size: Int) {
        self.common = common
        self.width = width
        self.stride = stride
        self.size = size
        blockStride = FactorMatrix.padded(size)
        hessian = [Float](repeating: 0, count: blockStride * blockStride)
        gradient = [Float](repeating: 0, count: blockStride)
    }

    /// Takes up a row's entries and its vector.
    mutating func load(
        _ vectors: UnsafePointer<Float>,
        _ columns: UnsafePointer<Int32>,
        count: Int,
        point: UnsafePointer<Float>
    ) {
        scores = (0..<count).map { Kernels.dot(vectors + Int(columns[$0]) * stride, point, stride) }
        if gathered.count < count * blockStride { gathered = [Float](repeating: 0, count: count * blockStride) }
    }

    /// Minimises over the factors from `first` on.
    mutating func step(
        _ first: Int,
        _ vectors: UnsafePointer<Float>,
        _ columns: UnsafePointer<Int32>,
        _ weights: UnsafePointer<Float>,
        _ targets: UnsafePointer<Float>,
        _ regularization: Float,
        _ point: UnsafeMutablePointer<Float>
    ) {
        let width = min(size, self.width - first)
        let (stride, blockStride, count) = (stride, blockStride, scores.count)
        common.withUnsafeBufferPointer { common in
            hessian.withUnsafeMutableBufferPointer { hessian in
                gradient.withUnsafeMutableBufferPointer { gradient in
                    gathered.withUnsafeMutableBufferPointer { gathered in
                        guard let common = common.baseAddress, let hessian = hessian.baseAddress,
                            let gradient = gradient.baseAddress, let gathered = gathered.baseAddress
                        else { return }
                        gradient.update(repeating: 0, count: blockStride)
                        for row in 0..<width {
                            let cells = common + (first + row) * stride
                            for column in 0...row { hessian[row * blockStride + column] = cells[first + column] }
                            hessian[row * blockStride + row] += regularization
                            gradient[row] = Kernels.dot(cells, point, stride) + regularization * point[first + row]
                        }
                        var products = OuterProductSum(target: hessian, width: width, stride: blockStride)
                        for entry in 0..<count {
                            let part = gathered + entry * blockStride
                            part.update(repeating: 0, count: blockStride)
                            part.update(from: vectors + Int(columns[entry]) * stride + first, count: width)
                            products.add(part, weight: weights[entry])
                            let slope = weights[entry] * scores[entry] - targets[entry]
                            Kernels.add(part, times: slope, to: gradient, blockStride)
                        }
                        products.finish()
                        Cholesky(factorizing: hessian, width: width, stride: blockStride).solve(gradient)
                        for factor in 0..<width { point[first + factor] -= gradient[factor] }
                        for entry in 0..<count {
                            scores[entry] -= Kernels.dot(gathered + entry * blockStride, gradient, blockStride)
                        }
                    }
                }
            }
        }
    }
}
