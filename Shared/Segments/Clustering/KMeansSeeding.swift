/// First centroids by k-means++: rows drawn with a probability proportional to the squared distance from the nearest one.
enum KMeansSeeding {
    /// At most `count` distinct rows; fewer when no more differ.
    static func centroids(
        of rows: FeatureMatrix,
        count: Int,
        using random: inout some RandomNumberGenerator
    ) -> FeatureMatrix {
        var chosen = [Int.random(in: 0..<rows.rowCount, using: &random)]
        var distances = (0..<rows.rowCount).map { rows.squaredDistance($0, to: rows, chosen[0]) }
        while chosen.count < count {
            let total = distances.reduce(0, +)
            guard total > 0 else { break }
            var rest = Double.random(in: 0..<total, using: &random)
            // Rounding may leave a little at the end: then the last row that is no centroid.
            var next = distances.lastIndex { $0 > 0 } ?? 0
            for (row, distance) in distances.enumerated() {
                rest -= distance
                if rest < 0 {
                    next = row
                    break
                }
            }
            chosen.append(next)
            for row in distances.indices {
                distances[row] = min(distances[row], rows.squaredDistance(row, to: rows, next))
            }
        }
        return rows.rows(chosen)
    }
}
