extension SparseRows {
    /// The product with a dense matrix that has a row per column of this one.
    ///
    /// Each row of the result belongs to one worker, so that their number does not change a bit of it; incomplete once
    /// `isCancelled` answers `true`.
    func product(
        with right: FactorMatrix,
        workers: Workers,
        unless isCancelled: @escaping @Sendable () -> Bool = { false }
    ) -> FactorMatrix {
        var product = FactorMatrix(rowCount: rowCount, width: right.width)
        let stride = right.stride
        right.values.withUnsafeBufferPointer { source in
            product.values.withUnsafeMutableBufferPointer { target in
                guard let source = source.baseAddress, let target = target.baseAddress else { return }
                let shared = DisjointRows(source: source, target: target)
                workers.forEachChunk(of: rowCount, size: 256, unless: isCancelled) { _, range in
                    for row in range {
                        let sum = shared.target + row * stride
                        for entry in self.range(of: row) {
                            let vector = shared.source + Int(columns[entry]) * stride
                            Kernels.add(vector, times: values[entry], to: sum, stride)
                        }
                    }
                }
            }
        }
        return product
    }
}
