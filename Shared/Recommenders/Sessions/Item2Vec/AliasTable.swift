/// Draws numbers by given weights in constant time (Walker 1977, with Vose's construction of 1991).
struct AliasTable: Sendable {
    private var thresholds: [Float]
    private var aliases: [Int32]

    /// Weights are positive.
    init(weights: [Double]) {
        let mean = weights.reduce(0, +) / Double(max(1, weights.count))
        var shares = weights.map { $0 / mean }
        thresholds = [Float](repeating: 1, count: weights.count)
        aliases = weights.indices.map { Int32(truncatingIfNeeded: $0) }
        var (small, large) = (weights.indices.filter { shares[$0] < 1 }, weights.indices.filter { shares[$0] >= 1 })
        while let less = small.popLast(), let more = large.last {
            thresholds[less] = Float(shares[less])
            aliases[less] = Int32(truncatingIfNeeded: more)
            shares[more] -= 1 - shares[less]
            if shares[more] < 1 {
                large.removeLast()
                small.append(more)
            }
        }
    }

    @inline(__always)
    func draw(_ random: inout RandomSource) -> Int {
        let bits = random.next()
        // The upper half chooses the column, the lower half between the two of that column.
        let column = Int(((bits >> 32) &* UInt64(thresholds.count)) >> 32)
        return Float(bits & 0xFF_FFFF) * 0x1p-24 < thresholds[column] ? column : Int(aliases[column])
    }
}
