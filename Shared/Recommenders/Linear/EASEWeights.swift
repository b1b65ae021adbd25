/// The weights of an ``EASEModel``: those of all pairs of items, or of each target the largest only.
enum EASEWeights: Hashable, Sendable {
    case dense(DenseItemWeights)
    case sparse(ItemWeights)

    var itemCount: Int {
        switch self {
        case .dense(let weights): weights.itemCount
        case .sparse(let weights): weights.targetCount
        }
    }

    func weight(from source: Int, to target: Int) -> Float {
        switch self {
        case .dense(let weights): weights.weight(from: source, to: target)
        case .sparse(let weights): weights.weight(from: source, to: target)
        }
    }

    /// The row vector of a history times the matrix.
    func scores(of history: [WeightedItem]) -> [Float] {
        switch self {
        case .dense(let weights): return weights.scores(of: history)
        case .sparse(let weights):
            var scores = [Float](repeating: 0, count: weights.targetCount)
            weights.add(history, to: &scores)
            return scores
        }
    }
}

extension EASEModel {
    /// The model with the `count` largest weights of each target, by absolute value, ties by ascending source.
    ///
    /// What serves need not be dense: a few hundred weights per item make nearly the same lists in a fraction of the memory. A
    /// model that was cut before is cut further, never filled up again.
    public func keeping(_ count: Int) -> EASEModel {
        var best = BestEntries()
        var chunk = RowChunk()
        for target in 0..<itemCount {
            var sources: [Int32] = []
            switch weights {
            case .dense(let dense): sources = dense.active.map { Int32(truncatingIfNeeded: $0) }
            case .sparse(let sparse): sources = Array(sparse.byTarget.columns[sparse.byTarget.range(of: target)])
            }
            var sizes = sources.map { abs(weights.weight(from: Int($0), to: target)) }
            let kept = sources.withUnsafeMutableBufferPointer { sources in
                sizes.withUnsafeMutableBufferPointer { best.keep(max(0, count), columns: sources, values: $0) }
            }
            let ordered = sources.prefix(kept).sorted()
            chunk.appendRow(ordered, ordered.map { weights.weight(from: Int($0), to: target) })
        }
        return EASEModel(
            parameters: parameters,
            weights: .sparse(ItemWeights(byTarget: SparseRows(joining: [chunk])))
        )
    }
}
