import Testing

@testable import Recommenders

@Suite struct TruncatedSVDTests {
    @Test func `singular values and vectors equal the exact ones`() throws {
        let matrix = try RandomData.matrix(userCount: 60, itemCount: 40, density: 0.15, seed: 1).byUser
        let svd = try TruncatedSVD(of: matrix, columnCount: 40, rank: 8, powerIterations: 12, context: FitContext())
        let exact = DenseReference.rightSingular(DenseReference.matrix(matrix, columnCount: 40))
        #expect(svd.singularValues.count == 8)
        for component in 0..<8 {
            #expect(abs(Double(svd.singularValues[component]) - exact[component].value) < 1e-4 * exact[0].value)
        }
        // Projections onto the subspace of the first ones are unique, whatever the vectors' signs.
        let found = DenseReference.matrix(svd.right)
        for row in 0..<40 {
            for column in 0..<40 {
                let projection = DenseReference.dot(found[row], found[column])
                let expected = exact.prefix(8).reduce(0.0) { $0 + $1.vector[row] * $1.vector[column] }
                #expect(abs(projection - expected) < 2e-3)
            }
        }
    }

    @Test func `all values of a small matrix are exact, and its rank is found`() throws {
        // Rows 0, 1 and their sum: rank two.
        let first: [Float] = [1, 0, 2, 0, 0]
        let second: [Float] = [0, 3, 0, 1, 0]
        let rows = [first, second, zip(first, second).map(+), [Float](repeating: 0, count: 5)]
        let sparse = Self.sparse(rows)
        let svd = try TruncatedSVD(of: sparse, columnCount: 5, rank: 5, context: FitContext())
        let exact = DenseReference.rightSingular(DenseReference.matrix(sparse, columnCount: 5))
        #expect(svd.singularValues.count == 2)
        for (value, expected) in zip(svd.singularValues, exact) {
            #expect(abs(Double(value) - expected.value) < 1e-5)
        }
        for row in 0..<3 {
            let projected = DenseReference.project(rows[row].map(Double.init), DenseReference.matrix(svd.right))
            for (value, expected) in zip(projected, rows[row]) { #expect(abs(value - Double(expected)) < 1e-5) }
        }
    }

    @Test func `the same seed gives the same bytes whatever the workers`() throws {
        let matrix = try RandomData.matrix(userCount: 700, itemCount: 300, density: 0.05, seed: 2).byUser
        let serial = try TruncatedSVD(of: matrix, columnCount: 300, rank: 20, context: FitContext(seed: 7))
        let parallel = try TruncatedSVD(
            of: matrix,
            columnCount: 300,
            rank: 20,
            context: FitContext(seed: 7, workers: .dispatch(count: 3))
        )
        #expect(serial == parallel)
        let gram = DenseReference.matrix(serial.right)
        for first in 0..<20 {
            for second in 0...first {
                let product = gram.reduce(0.0) { $0 + $1[first] * $1[second] }
                #expect(abs(product - (first == second ? 1 : 0)) < 1e-5)
            }
        }
    }

    @Test func `one row, one column, nothing, and a cancelled fit`() throws {
        let row = try TruncatedSVD(of: Self.sparse([[0, 3, 4]]), columnCount: 3, rank: 2, context: FitContext())
        #expect(row.singularValues.count == 1)
        #expect(abs(row.singularValues[0] - 5) < 1e-5)
        #expect(abs(row.right.values[2 * row.right.stride] - 0.8) < 1e-6)
        let column = try TruncatedSVD(of: Self.sparse([[3], [-4]]), columnCount: 1, rank: 1, context: FitContext())
        #expect(abs(column.singularValues[0] - 5) < 1e-5)
        let empty = try TruncatedSVD(of: Self.sparse([[0, 0]]), columnCount: 2, rank: 1, context: FitContext())
        #expect(empty.singularValues.isEmpty && empty.right.width == 0 && empty.right.rowCount == 2)
        #expect(throws: RecommenderError.self) {
            try TruncatedSVD(
                of: Self.sparse([[1]]),
                columnCount: 1,
                rank: 1,
                context: FitContext(isCancelled: { true })
            )
        }
    }

    private static func sparse(_ dense: [[Float]]) -> SparseRows {
        var offsets = [0]
        var columns: [Int32] = []
        var values: [Float] = []
        for row in dense {
            for (column, value) in row.enumerated() where value != 0 {
                columns.append(Int32(column))
                values.append(value)
            }
            offsets.append(columns.count)
        }
        return SparseRows(offsets: offsets, columns: columns, values: values)
    }
}

extension DenseReference {
    /// The singular values, descending, and right singular vectors by Jacobi's rotations of AᵀA.
    static func rightSingular(_ matrix: Matrix) -> [(value: Double, vector: [Double])] {
        let size = matrix[0].count
        var gram = (0..<size).map { row in
            (0..<size).map { column in matrix.reduce(0.0) { $0 + $1[row] * $1[column] } }
        }
        var vectors = (0..<size).map { row in (0..<size).map { row == $0 ? 1.0 : 0.0 } }
        for _ in 0..<30 {
            for first in 0..<size {
                for second in first + 1..<max(size, first + 1) where abs(gram[first][second]) > 1e-14 {
                    let theta = (gram[second][second] - gram[first][first]) / (2 * gram[first][second])
                    let tangent = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
                    let cosine = 1 / (tangent * tangent + 1).squareRoot()
                    let sine = tangent * cosine
                    for index in 0..<size {
                        let (left, right) = (gram[index][first], gram[index][second])
                        gram[index][first] = cosine * left - sine * right
                        gram[index][second] = sine * left + cosine * right
                    }
                    for index in 0..<size {
                        let (left, right) = (gram[first][index], gram[second][index])
                        gram[first][index] = cosine * left - sine * right
                        gram[second][index] = sine * left + cosine * right
                        let (low, high) = (vectors[index][first], vectors[index][second])
                        vectors[index][first] = cosine * low - sine * high
                        vectors[index][second] = sine * low + cosine * high
                    }
                }
            }
        }
        return (0..<size).map { column in (max(0, gram[column][column]).squareRoot(), vectors.map { $0[column] }) }
            .sorted { $0.0 > $1.0 }
    }

    /// The row's projection onto the columns of `basis`.
    static func project(_ row: [Double], _ basis: Matrix) -> [Double] {
        let width = basis[0].count
        let coordinates = (0..<width).map { column in dot(row, basis.map { $0[column] }) }
        return basis.map { dot($0, coordinates) }
    }
}
