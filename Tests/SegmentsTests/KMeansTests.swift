import Recommenders
import Testing

@testable import Segments

@Suite("k-means, silhouettes and the number of groups")
struct KMeansTests {
    @Test func `iris has the inertias and silhouettes of scikit-learn`() throws {
        var random = RandomSource(seed: 1)
        for expected in Iris.kMeans {
            let fit = try KMeans.fit(
                Iris.matrix,
                parameters: KMeans.Parameters(count: expected.count, restarts: 60),
                using: &random
            )
            #expect(abs(fit.inertia - expected.inertia) < 1e-6 * expected.inertia)
            let silhouette = Silhouette.mean(
                Iris.matrix,
                assignments: fit.assignments,
                sampleSize: 150,
                using: &random
            )
            #expect(abs(silhouette - expected.silhouette) < 1e-9)
        }
    }

    @Test(arguments: [UInt64(1), 2, 3, 4, 5])
    func `bounds change nothing: every row ends at its nearest mean, every mean in the middle of its rows`(
        seed: UInt64
    ) throws {
        var random = RandomSource(seed: seed)
        let rows = cloud(rows: 400, columns: 5, using: &random)
        let start = KMeansSeeding.centroids(of: rows, count: 7, using: &random)
        let fit = KMeans.refine(rows, from: start, maximumIterations: 1000)
        let plain = plainLloyd(rows, start)
        #expect(fit.assignments == plain.assignments)
        #expect(abs(fit.inertia - plain.inertia) < 1e-9 * plain.inertia)
        #expect(fit.iterations < 1000)
    }

    @Test func `inertia falls as groups are added and a seed repeats itself`() throws {
        var random = RandomSource(seed: 9)
        let rows = cloud(rows: 300, columns: 3, using: &random)
        func inertia(_ count: Int) throws -> Double {
            var random = RandomSource(seed: 3)
            return try KMeans.fit(rows, parameters: KMeans.Parameters(count: count), using: &random).inertia
        }
        let curve = try (1...6).map(inertia)
        #expect(zip(curve, curve.dropFirst()).allSatisfy { $0 > $1 })
        let again = try inertia(4)
        #expect(again == curve[3])
    }

    @Test func `more groups than distinct rows give as many as differ`() throws {
        var random = RandomSource(seed: 1)
        let rows = FeatureMatrix(rows: Array(repeating: [1, 2], count: 5) + Array(repeating: [3, 4], count: 5))
        let fit = try KMeans.fit(rows, parameters: KMeans.Parameters(count: 4), using: &random)
        #expect(fit.centroids.rowCount == 2)
        #expect(fit.inertia == 0)
    }

    @Test func `blobs are counted, by silhouette and by elbow`() throws {
        var random = RandomSource(seed: 4)
        let rows = blobs([[0, 0], [10, 0], [0, 10], [10, 10]], each: 60, using: &random)
        let choice = try GroupCountChoice(rows, counts: 2...8, using: &random)
        #expect(choice.best.count == 4)
        #expect(choice.elbow == 4)
        #expect(choice.best.silhouette > 0.7)
    }

    @Test func `a group below the least size is dissolved into its neighbours`() throws {
        var random = RandomSource(seed: 5)
        let rows = blobs([[0, 0], [10, 0]], each: 50, using: &random, beside: [[500, 500], [501, 500]])
        let fit = try KMeans.fit(rows, parameters: KMeans.Parameters(count: 3), using: &random)
        #expect(fit.sizes.sorted() == [2, 50, 50])
        let merged = fit.mergingGroups(below: 5, of: rows)
        #expect(merged.centroids.rowCount == 2)
        #expect(merged.sizes.reduce(0, +) == 102)
        #expect(merged.mergingGroups(below: 1000, of: rows).centroids.rowCount == 1, "one group is left at least")
    }

    @Test func `nothing to group and a cancelled fit are errors`() {
        var random = RandomSource(seed: 1)
        #expect(throws: SegmentError.self) {
            try KMeans.fit(FeatureMatrix(rows: []), parameters: KMeans.Parameters(count: 2), using: &random)
        }
        let error = #expect(throws: SegmentError.self) {
            try KMeans.fit(Iris.matrix, parameters: KMeans.Parameters(count: 2), using: &random) { true }
        }
        #expect(error?.code == .cancelled)
    }

    private func plainLloyd(_ rows: FeatureMatrix, _ start: FeatureMatrix) -> (assignments: [Int], inertia: Double) {
        var centroids = start
        var assignments: [Int] = []
        while true {
            let nearest = (0..<rows.rowCount).map { row in
                (0..<centroids.rowCount).min {
                    rows.squaredDistance(row, to: centroids, $0) < rows.squaredDistance(row, to: centroids, $1)
                } ?? 0
            }
            if nearest == assignments { break }
            assignments = nearest
            for group in 0..<centroids.rowCount {
                let own = rows.rows(assignments.indices.filter { assignments[$0] == group })
                for (column, mean) in own.columnMeans.enumerated() { centroids[group, column] = mean }
            }
        }
        let inertia = assignments.indices.reduce(0) { $0 + rows.squaredDistance($1, to: centroids, assignments[$1]) }
        return (assignments, inertia)
    }
}

/// Rows of numbers in [0, 1).
func cloud(rows: Int, columns: Int, using random: inout RandomSource) -> FeatureMatrix {
    FeatureMatrix(rows: (0..<rows).map { _ in (0..<columns).map { _ in random.preciseUniform() } })
}

/// Rows around centres, within a unit.
func blobs(
    _ centres: [[Double]],
    each count: Int,
    using random: inout RandomSource,
    beside others: [[Double]] = []
) -> FeatureMatrix {
    let rows = centres.flatMap { centre in (0..<count).map { _ in centre.map { $0 + random.preciseUniform() } } }
    return FeatureMatrix(rows: rows + others)
}
