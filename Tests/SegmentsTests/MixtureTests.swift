import Foundation
import Recommenders
import Testing

@testable import Segments

@Suite("Gaussian mixtures")
struct MixtureTests {
    @Test(arguments: [GaussianMixture.Shape.diagonal, .full])
    func `iris has the likelihood, criterion and weights of scikit-learn`(shape: GaussianMixture.Shape) throws {
        var random = RandomSource(seed: 1)
        let start = try KMeans.fit(Iris.matrix, parameters: KMeans.Parameters(count: 3, restarts: 20), using: &random)
        let mixture = try GaussianMixture.fit(
            Iris.matrix,
            from: start.assignments,
            parameters: GaussianMixture.Parameters(
                shape: shape,
                varianceFloor: 1e-12,
                maximumIterations: 10_000,
                tolerance: 1e-10
            )
        )
        let expected = shape == .diagonal ? Iris.diagonal : Iris.full
        #expect(abs(mixture.logLikelihood(Iris.matrix) - expected.likelihood) < 1e-4)
        #expect(abs(mixture.bic(Iris.matrix) - expected.bic) < 2e-4)
        for (weight, reference) in zip(mixture.components.map(\.weight).sorted(), expected.weights) {
            #expect(abs(weight - reference) < 1e-4)
        }
    }

    @Test(arguments: 0..<12)
    func `the likelihood never falls, whatever the start, the shape and the floor`(seed: Int) throws {
        var random = RandomSource(seed: UInt64(seed))
        // A column that repeats another one: without a floor the covariance would be singular.
        let rows = FeatureMatrix(
            rows: (0..<120).map { _ in
                let value = random.preciseUniform()
                return [value, value * 2, seed % 3 == 0 ? 1 : random.preciseUniform()]
            }
        )
        let start = (0..<rows.rowCount).map { _ in random.index(below: 4) }
        var likelihoods: [Double] = []
        let mixture = try GaussianMixture.fit(
            rows,
            from: start,
            parameters: GaussianMixture.Parameters(
                shape: seed % 2 == 0 ? .full : .diagonal,
                varianceFloor: seed % 4 < 2 ? 1e-3 : 1e-6,
                maximumIterations: 200,
                tolerance: 1e-9
            ),
            progress: { likelihoods.append($0) }
        )
        for (before, after) in zip(likelihoods, likelihoods.dropFirst()) {
            #expect(after >= before - 1e-9 * max(1, abs(before)))
        }
        #expect(abs(mixture.components.reduce(0) { $0 + $1.weight } - 1) < 1e-9)
        for row in [rows.row(0), rows.row(119)] {
            #expect(abs(mixture.responsibilities(row).reduce(0, +) - 1) < 1e-12)
        }
    }

    @Test func `the criterion prefers the number of groups that made the rows`() throws {
        var random = RandomSource(seed: 8)
        let rows = FeatureMatrix(
            rows: (0..<400).map { index in
                // Sums of uniform numbers, nearly normal.
                (0..<2).map { _ in
                    (0..<12).reduce(Double(index % 2) * 9) { sum, _ in sum + random.preciseUniform() }
                }
            }
        )
        let criteria = try (1...4).map { count in
            var random = RandomSource(seed: 2)
            let start = try KMeans.fit(rows, parameters: KMeans.Parameters(count: count), using: &random)
            return try GaussianMixture.fit(rows, from: start.assignments).bic(rows)
        }
        #expect(criteria.indices.min { criteria[$0] < criteria[$1] } == 1)
    }
}
