/// Computes the neighbours of all items: for each item the users who know it, and for each of them the other items.
struct ItemCosineFit: Sendable {
    private let matrix: InteractionMatrix
    private let parameters: ItemCosineParameters
    private let norms: [Float]

    init(matrix: InteractionMatrix, parameters: ItemCosineParameters) {
        self.matrix = matrix
        self.parameters = parameters
        norms = (0..<matrix.itemCount).map { item in
            let entries = matrix.byItem.range(of: item)
            switch parameters.weighting {
            case .binary: return Float(entries.count).squareRoot()
            case .weighted:
                return entries.reduce(into: Float.zero) { sum, entry in
                    sum += matrix.byItem.values[entry] * matrix.byItem.values[entry]
                }.squareRoot()
            }
        }
    }

    func neighbours(_ context: FitContext) throws(RecommenderError) -> SparseRows {
        let chunkSize = 64
        let found = ChunkResults(chunkCount: (matrix.itemCount + chunkSize - 1) / chunkSize)
        context.workers.forEachChunk(of: matrix.itemCount, size: chunkSize, unless: context.isCancelled) {
            chunk,
            range in
            var products = [Float](repeating: 0, count: matrix.itemCount)
            found.set(chunk, range.map { neighbours(of: $0, products: &products) })
        }
        try context.checkCancellation()
        context.progress(1)
        var offsets = [0]
        var columns: [Int32] = []
        var values: [Float] = []
        for neighbours in found.all() {
            for neighbour in neighbours {
                columns.append(Int32(truncatingIfNeeded: neighbour.item))
                values.append(neighbour.score)
            }
            offsets.append(columns.count)
        }
        return SparseRows(offsets: offsets, columns: columns, values: values)
    }

    /// `products` is all zero before and after; one per worker saves clearing it for each item.
    private func neighbours(of target: Int, products: inout [Float]) -> [ScoredItem] {
        let (byItem, byUser) = (matrix.byItem, matrix.byUser)
        let isWeighted = parameters.weighting == .weighted
        var touched: [Int32] = []
        for position in byItem.range(of: target) {
            let weight = isWeighted ? byItem.values[position] : 1
            for entry in byUser.range(of: Int(byItem.columns[position])) {
                let item = byUser.columns[entry]
                if products[Int(item)] == 0 { touched.append(item) }
                products[Int(item)] += weight * (isWeighted ? byUser.values[entry] : 1)
            }
        }
        var top = TopItems(limit: parameters.neighbours)
        for item in touched {
            let index = Int(item)
            if index != target {
                let denominator = norms[index] * norms[target] + parameters.shrinkage + 1e-6
                top.offer(ScoredItem(item: index, score: products[index] / denominator))
            }
            products[index] = 0
        }
        return top.sorted().filter { $0.score > 0 && $0.score.isFinite }
    }
}

/// What the chunks of a fit found, in the chunks' order.
private final class ChunkResults: Sendable {
    private let slots: [Slot]

    init(chunkCount: Int) {
        slots = (0..<chunkCount).map { _ in Slot() }
    }

    func set(_ chunk: Int, _ neighbours: [[ScoredItem]]) { slots[chunk].neighbours = neighbours }

    func all() -> [[ScoredItem]] { slots.flatMap(\.neighbours) }

    /// Unchecked because one worker writes it, and it is read after all workers have returned.
    private final class Slot: @unchecked Sendable {
        var neighbours: [[ScoredItem]] = []
    }
}
