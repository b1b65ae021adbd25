/// Lloyd's rounds with one upper and one lower bound per row.
///
/// The upper bound is on the distance to the row's own mean, the lower one on that to every other: while upper is below
/// lower, or below half the way from the own mean to the next one, no distance need be taken.
struct HamerlyRun {
    private let rows: FeatureMatrix
    private(set) var centroids: FeatureMatrix
    private(set) var assignments: [Int]
    private var upper: [Double]
    private var lower: [Double]

    init(rows: FeatureMatrix, centroids: FeatureMatrix) {
        self.rows = rows
        self.centroids = centroids
        assignments = [Int](repeating: 0, count: rows.rowCount)
        upper = assignments.map { _ in 0 }
        lower = upper
        for row in assignments.indices { search(row) }
    }

    var inertia: Double {
        assignments.indices.reduce(0) { $0 + rows.squaredDistance($1, to: centroids, assignments[$1]) }
    }

    /// One round: means, then groups; false when no row has changed its group and no group was empty.
    mutating func step() -> Bool {
        let isRefilled = moveCentroids()
        let halves = halfDistances()
        var hasChanged = isRefilled
        for row in assignments.indices {
            let own = assignments[row]
            let safe = max(halves[own], lower[row])
            guard upper[row] > safe else { continue }
            upper[row] = rows.squaredDistance(row, to: centroids, own).squareRoot()
            guard upper[row] > safe else { continue }
            search(row)
            if assignments[row] != own { hasChanged = true }
        }
        return hasChanged
    }

    /// Finds the nearest mean of a row and the distance to the second; the first of several equal ones.
    private mutating func search(_ row: Int) {
        var (best, nearest, second) = (0, Double.infinity, Double.infinity)
        for centroid in 0..<centroids.rowCount {
            let distance = rows.squaredDistance(row, to: centroids, centroid)
            if distance < nearest {
                (best, second, nearest) = (centroid, nearest, distance)
            } else if distance < second {
                second = distance
            }
        }
        assignments[row] = best
        upper[row] = nearest.squareRoot()
        lower[row] = second.squareRoot()
    }

    /// Puts every centroid at its rows' mean and loosens the bounds; true when an empty group was given a row.
    private mutating func moveCentroids() -> Bool {
        let (groups, width) = (centroids.rowCount, centroids.columnCount)
        var moved = FeatureMatrix(rowCount: groups, columnCount: width)
        var sizes = [Int](repeating: 0, count: groups)
        for (row, group) in assignments.enumerated() {
            sizes[group] += 1
            for column in 0..<width { moved.values[group * width + column] += rows.values[row * width + column] }
        }
        for group in 0..<groups where sizes[group] > 0 {
            for column in 0..<width { moved.values[group * width + column] /= Double(sizes[group]) }
        }
        let empty = (0..<groups).filter { sizes[$0] == 0 }
        if !empty.isEmpty {
            let farthest = assignments.indices.sorted { upper[$0] > upper[$1] }
            for (group, row) in zip(empty, farthest) {
                for column in 0..<width { moved[group, column] = rows[row, column] }
            }
        }
        let shifts = (0..<groups).map { moved.squaredDistance($0, to: centroids, $0).squareRoot() }
        let isRefilled = empty.contains { shifts[$0] > 0 }
        centroids = moved
        let largest = shifts.max() ?? 0
        for (row, group) in assignments.enumerated() {
            upper[row] += shifts[group]
            lower[row] -= largest
        }
        return isRefilled
    }

    /// Half the distance from each mean to its nearest neighbour.
    private func halfDistances() -> [Double] {
        (0..<centroids.rowCount).map { one in
            let others = (0..<centroids.rowCount).lazy.filter { $0 != one }
            let least = others.map { centroids.squaredDistance(one, to: centroids, $0) }.min() ?? .infinity
            return least.squareRoot() / 2
        }
    }
}
