import Testing

@testable import Recommenders

@Suite struct BlockedInverseTests {
    @Test(arguments: [1, 7, 8, 9, 24, 61], [1, 3])
    func `a matrix times its inverse is the identity, with whole and partial blocks`(count: Int, workers: Int) throws {
        let matrix = Self.positiveDefinite(count)
        let inverse = try #require(try Self.inverse(of: matrix, count, FitContext(workers: .dispatch(count: workers))))
        for row in 0..<count {
            for column in 0..<count {
                let cell = (0..<count).reduce(0.0) { $0 + matrix[row * count + $1] * inverse[$1 * count + column] }
                #expect(abs(cell - (row == column ? 1 : 0)) < 1e-9)
                #expect(inverse[row * count + column] == inverse[column * count + row])
            }
        }
        #expect(try Self.inverse(of: matrix, count, FitContext()) == inverse)
    }

    @Test func `a matrix that is not positive definite has none`() throws {
        var matrix = Self.positiveDefinite(20)
        matrix[15 * 20 + 15] = -1
        #expect(try Self.inverse(of: matrix, 20, FitContext()) == nil)
    }

    private static func inverse(of matrix: [Double], _ count: Int, _ context: FitContext) throws -> [Double]? {
        var values = matrix
        let isInverted = try values.withUnsafeMutableBufferPointer { values in
            let base = DisjointDoubleRows(target: try #require(values.baseAddress))
            return try BlockedInverse(of: base, count: count, blockSize: 8, context: context)()
        }
        return isInverted ? values : nil
    }

    /// A product of a random matrix with its transpose, plus a diagonal.
    private static func positiveDefinite(_ count: Int) -> [Double] {
        var random = RandomSource(seed: 12)
        let factor = (0..<count * count).map { _ in random.preciseUniform() - 0.5 }
        var matrix = [Double](repeating: 0, count: count * count)
        for row in 0..<count {
            for column in 0..<count {
                let sum = (0..<count).reduce(0.0) { $0 + factor[row * count + $1] * factor[column * count + $1] }
                matrix[row * count + column] = sum + (row == column ? 0.5 : 0)
            }
        }
        return matrix
    }
}
