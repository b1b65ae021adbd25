/// How well rows lie in their groups, from −1 to 1 (Rousseeuw 1987), on a sample.
enum Silhouette {
    /// The mean over at most `sampleSize` rows drawn without repetition; 0 for fewer than two groups in the sample.
    static func mean(
        _ rows: FeatureMatrix,
        assignments: [Int],
        sampleSize: Int,
        using random: inout some RandomNumberGenerator
    ) -> Double {
        let sample =
            rows.rowCount <= sampleSize
            ? Array(0..<rows.rowCount) : Array((0..<rows.rowCount).shuffled(using: &random).prefix(sampleSize))
        var sizes: [Int: Int] = [:]
        for row in sample { sizes[assignments[row], default: 0] += 1 }
        guard sizes.count > 1 else { return 0 }
        let groupCount = (sizes.keys.max() ?? 0) + 1
        var total = 0.0
        for row in sample {
            var sums = [Double](repeating: 0, count: groupCount)
            for other in sample { sums[assignments[other]] += rows.squaredDistance(row, to: rows, other).squareRoot() }
            let own = assignments[row]
            // A row alone in its group counts zero.
            guard let size = sizes[own], size > 1 else { continue }
            let within = sums[own] / Double(size - 1)
            let between = sizes.lazy.filter { $0.key != own }.map { sums[$0.key] / Double($0.value) }.min() ?? 0
            total += (between - within) / max(between, within, .leastNormalMagnitude)
        }
        return total / Double(sample.count)
    }
}
