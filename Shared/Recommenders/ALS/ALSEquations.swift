/// The normal equations of one side of the factorisation, given the other side.
///
/// For row u: (YᵀY + λI + Σ (c − 1)·y·yᵀ) x = Σ c·y, the sums over the row's entries.
enum ALSEquations {
    /// YᵀY + λI as `stride` rows; only the lower triangle is meant.
    static func commonTerm(of factors: FactorMatrix, parameters: ALSParameters, workers: Workers) -> [Float] {
        var term = factors.gram(workers: workers)
        for index in 0..<factors.width { term[index * factors.stride + index] += parameters.regularization }
        return term
    }

    /// Solves every row of `target`; rows without entries become zero.
    static func solve(
        _ target: inout FactorMatrix,
        from rows: SparseRows,
        and given: FactorMatrix,
        _ parameters: ALSParameters,
        _ context: FitContext
    ) throws(RecommenderError) {
        let common = commonTerm(of: given, parameters: parameters, workers: context.workers)
        let (width, stride) = (given.width, given.stride)
        given.values.withUnsafeBufferPointer { source in
            target.values.withUnsafeMutableBufferPointer { destination in
                guard let source = source.baseAddress, let destination = destination.baseAddress else { return }
                let shared = DisjointRows(source: source, target: destination)
                context.workers.forEachChunk(of: rows.rowCount, size: 64, unless: context.isCancelled) { _, range in
                    var matrix = [Float](repeating: 0, count: stride * stride)
                    matrix.withUnsafeMutableBufferPointer { matrix in
                        guard let matrix = matrix.baseAddress else { return }
                        for row in range {
                            let solution = shared.target + row * stride
                            solution.update(repeating: 0, count: stride)
                            let entries = rows.range(of: row)
                            guard !entries.isEmpty else { continue }
                            common.withUnsafeBufferPointer { common in
                                if let common = common.baseAddress {
                                    matrix.update(from: common, count: stride * stride)
                                }
                            }
                            var products = OuterProductSum(target: matrix, width: width, stride: stride)
                            for entry in entries {
                                let vector = shared.source + Int(rows.columns[entry]) * stride
                                let confidence = parameters.confidence(rows.values[entry])
                                products.add(vector, weight: confidence - 1)
                                Kernels.add(vector, times: confidence, to: solution, stride)
                            }
                            products.finish()
                            Cholesky(factorizing: matrix, width: width, stride: stride).solve(solution)
                        }
                    }
                }
            }
        }
        try context.checkCancellation()
    }
}
