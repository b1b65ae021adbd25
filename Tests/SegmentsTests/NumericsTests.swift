import Recommenders
import Testing

@testable import Segments

@Suite("Principal components, scaling and imputation")
struct NumericsTests {
    @Test func `iris has the components of scikit-learn`() throws {
        let plane = try PrincipalComponents(of: Iris.matrix, count: 2)
        for (variance, reference) in zip(plane.variances, Iris.variances) {
            #expect(abs(variance - reference) < 1e-12)
        }
        for (component, reference) in zip(plane.components, Iris.directions) {
            for (left, right) in zip(component, reference) { #expect(abs(left - right) < 1e-9) }
        }
        #expect(abs(plane.totalVariance - Iris.variances.reduce(0, +)) < 1e-12)
        let mean = plane.project(Iris.mean)
        #expect(mean.allSatisfy { abs($0) < 1e-12 })
    }

    @Test(arguments: [1, 2, 3, 8, 30])
    func `a symmetric matrix is its eigenvectors times its eigenvalues`(size: Int) {
        var random = RandomSource(seed: UInt64(size))
        var matrix = [Double](repeating: 0, count: size * size)
        for row in 0..<size {
            for column in 0...row {
                matrix[row * size + column] = random.preciseUniform() - 0.5
                matrix[column * size + row] = matrix[row * size + column]
            }
        }
        let eigen = SymmetricEigen(matrix, size: size)
        #expect(zip(eigen.values, eigen.values.dropFirst()).allSatisfy { $0 >= $1 })
        for row in 0..<size {
            for column in 0..<size {
                let rebuilt = zip(eigen.values, eigen.vectors).reduce(0) { $0 + $1.0 * $1.1[row] * $1.1[column] }
                #expect(abs(rebuilt - matrix[row * size + column]) < 1e-12)
                let product = zip(eigen.vectors[row], eigen.vectors[column]).reduce(0) { $0 + $1.0 * $1.1 }
                #expect(abs(product - (row == column ? 1 : 0)) < 1e-12)
            }
        }
    }

    @Test func `scalings have the figures of scikit-learn`() {
        let none = [Bool](repeating: false, count: 4)
        let standard = FeatureScaling(fitting: Iris.matrix, method: .standard, logarithmic: none)
        let robust = FeatureScaling(fitting: Iris.matrix, method: .robust, logarithmic: none)
        for index in 0..<4 {
            #expect(abs(standard.columns[index].centre - Iris.mean[index]) < 1e-12)
            #expect(abs(standard.columns[index].scale - Iris.deviation[index]) < 1e-12)
            #expect(abs(robust.columns[index].centre - Iris.median[index]) < 1e-12)
            #expect(abs(robust.columns[index].scale - Iris.quartileDistance[index]) < 1e-12)
        }
    }

    @Test func `what is missing takes the median, and a constant column its own unit`() {
        let rows = FeatureMatrix(rows: [[1, 7], [.nan, 7], [3, 7], [100, 7]])
        let scaling = FeatureScaling(fitting: rows, method: .standard, logarithmic: [false, false])
        #expect(scaling.columns[0].fallback == 3)
        #expect(scaling.scaled([.nan, 7]) == scaling.scaled([3, 7]))
        #expect(scaling.scaled([3, 8])[1] == 1)
        #expect(scaling.scaled(rows).values.allSatisfy { $0.isFinite })
    }

    @Test func `logarithms come before everything else and go back`() {
        let rows = FeatureMatrix(rows: [[0], [9], [99], [-5]])
        let scaling = FeatureScaling(fitting: rows, method: .robust, logarithmic: [true])
        #expect(scaling.scaled([-5]) == scaling.scaled([0]))
        #expect(abs(scaling.original(scaling.scaled([42])[0], column: 0) - 42) < 1e-9)
    }
}
