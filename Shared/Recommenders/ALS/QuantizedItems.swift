import CKernels

/// The items' vectors in one byte per number, to find the best of them exactly for one query at a time.
///
/// The product of one vector with all items is bound by the memory it reads; bytes are a quarter of it. A code's error is
/// known when it is made, so that Cauchy and Schwarz bound each score from above: only items whose bound reaches the
/// k-th best exact score so far are multiplied exactly, and nothing is lost. Items stand by descending length, so that
/// the k-th best score is high soon, and the search ends where length times length of the query stays below it.
struct QuantizedItems: Hashable, Sendable {
    /// The item at each place, by descending length.
    private let order: [Int32]
    /// Panels: one row per component, one byte per item.
    private let codes: [Int8]
    private let scales: [Float]
    /// Times the query's length at least what a score may differ from the one of the codes.
    private let bounds: [Float]
    /// The length of the first, that is longest, vector of each panel, rounded up.
    private let longest: [Float]

    private static let panel = Int(ckernels_code_panel)

    init(_ items: FactorMatrix) {
        let (count, depth) = (items.rowCount, items.width)
        let lengths = (0..<count).map { items.row($0).reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot() }
        let order = (0..<count).sorted { (lengths[$0], $1) > (lengths[$1], $0) }
        let panels = (count + Self.panel - 1) / Self.panel
        var codes = [Int8](repeating: 0, count: panels * Self.panel * depth)
        var scales = [Float](repeating: 0, count: panels * Self.panel)
        // A place without an item never reaches any threshold.
        var bounds = [Float](repeating: -.infinity, count: panels * Self.panel)
        // Of both products in Float, twice over.
        let rounding = 4 * Double(depth + 8) * 0x1p-24
        for (place, item) in order.enumerated() {
            let row = items.row(item)
            let scale = (row.map(abs).max() ?? 0) / 127
            var error = 0.0
            let first = place / Self.panel * Self.panel * depth + place % Self.panel
            for (component, value) in row.enumerated() where scale > 0 {
                let code = min(127, max(-127, (value / scale).rounded()))
                codes[first + component * Self.panel] = Int8(code)
                let left = Double(value) - Double(scale) * Double(code)
                error += left * left
            }
            scales[place] = scale
            bounds[place] = Float((error.squareRoot() + rounding * lengths[item]) * 1.0001).nextUp
        }
        longest = stride(from: 0, to: count, by: Self.panel).map {
            Float(lengths[order[$0]] * (1.0001 + rounding)).nextUp
        }
        self.order = order.map { Int32(truncatingIfNeeded: $0) }
        self.codes = codes
        self.scales = scales
        self.bounds = bounds
    }

    /// The same as selecting from all exact scores, zeros left out.
    func top(
        _ limit: Int,
        of items: FactorMatrix,
        for query: [Float],
        excluding excluded: ItemSet
    ) -> [ScoredItem] {
        guard limit > 0 else { return [] }
        var top = TopItems(limit: limit)
        let depth = items.width
        let length = Float(query.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot() * 1.0001).nextUp
        codes.withUnsafeBufferPointer { codes in
            scales.withUnsafeBufferPointer { scales in
                bounds.withUnsafeBufferPointer { bounds in
                    query.withUnsafeBufferPointer { query in
                        items.values.withUnsafeBufferPointer { vectors in
                            guard let codes = codes.baseAddress, let scales = scales.baseAddress,
                                let bounds = bounds.baseAddress, let query = query.baseAddress,
                                let vectors = vectors.baseAddress
                            else { return }
                            for (panel, longest) in longest.enumerated() {
                                let threshold = top.worstScore
                                if length * longest < threshold { return }
                                let first = panel * Self.panel
                                var candidates = ckernels_code_candidates(
                                    codes + first * depth,
                                    depth,
                                    scales + first,
                                    bounds + first,
                                    length,
                                    query,
                                    threshold
                                )
                                while candidates != 0 {
                                    let place = first + candidates.trailingZeroBitCount
                                    candidates &= candidates - 1
                                    guard place < order.count else { continue }
                                    let item = Int(order[place])
                                    let score = Kernels.dot(vectors + item * items.stride, query, items.stride)
                                    if score != 0, top.wants(score), !excluded.contains(item) {
                                        top.offer(ScoredItem(item: item, score: score))
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        return top.sorted()
    }
}
