/// Rows of (column, value) pairs as a worker makes them, to be joined into one matrix.
struct RowChunk: Sendable {
    private(set) var counts: [Int] = []
    private(set) var columns: [Int32] = []
    private(set) var values: [Float] = []

    /// Ends a row that consists of these pairs.
    mutating func appendRow(_ columns: some Sequence<Int32>, _ values: some Sequence<Float>) {
        let before = self.columns.count
        self.columns.append(contentsOf: columns)
        self.values.append(contentsOf: values)
        counts.append(self.columns.count - before)
    }
}

extension SparseRows {
    /// Joins chunks in their order.
    init(joining chunks: [RowChunk]) {
        var offsets = [0]
        offsets.reserveCapacity(1 + chunks.reduce(0) { $0 + $1.counts.count })
        var columns: [Int32] = []
        var values: [Float] = []
        let entryCount = chunks.reduce(0) { $0 + $1.columns.count }
        columns.reserveCapacity(entryCount)
        values.reserveCapacity(entryCount)
        for chunk in chunks {
            for count in chunk.counts { offsets.append((offsets.last ?? 0) + count) }
            columns += chunk.columns
            values += chunk.values
        }
        self.init(offsets: offsets, columns: columns, values: values)
    }
}

extension Workers {
    /// What `body` makes of each chunk of `0..<count`, in order; throws `cancelled`.
    func mapChunks<Value: Sendable>(
        of count: Int,
        size: Int,
        context: FitContext,
        progress: ClosedRange<Double> = 0...1,
        _ body: @escaping @Sendable (Range<Int>) -> Value
    ) throws(RecommenderError) -> [Value] {
        let chunks = (count + size - 1) / size
        let slots = (0..<chunks).map { _ in Slot<Value>() }
        let report = context.progress
        forEachChunk(of: count, size: size, unless: context.isCancelled) { chunk, range in
            slots[chunk].value = body(range)
            let share = Double(chunk + 1) / Double(chunks)
            report(progress.lowerBound + (progress.upperBound - progress.lowerBound) * share)
        }
        try context.checkCancellation()
        return slots.compactMap(\.value)
    }

    /// Unchecked because one worker writes it, and it is read after all workers have returned.
    private final class Slot<Value>: @unchecked Sendable {
        var value: Value?
    }
}
