/// Eigenvalues and eigenvectors of a small symmetric matrix, by cyclic Jacobi rotations.
///
/// Features are a few dozen: there it is short, exact to rounding, and needs no library, so that services that only
/// assign segments link none.
struct SymmetricEigen {
    /// The eigenvalues, the largest first.
    private(set) var values: [Double]
    /// The eigenvectors in that order, of length one, the component of largest magnitude positive.
    private(set) var vectors: [[Double]]

    private static let maximumSweeps = 64

    /// Decomposes a symmetric matrix of `size` × `size`, row by row.
    init(_ matrix: [Double], size: Int) {
        precondition(matrix.count == size * size)
        var a = matrix
        var v = [Double](repeating: 0, count: size * size)
        for index in 0..<size { v[index * size + index] = 1 }
        let scale = a.reduce(0) { $0 + $1 * $1 }
        for _ in 0..<Self.maximumSweeps {
            var off = 0.0
            for p in 0..<size { for q in p + 1..<max(size, p + 1) { off += a[p * size + q] * a[p * size + q] } }
            if off <= scale * 1e-30 { break }
            for p in 0..<size { for q in p + 1..<max(size, p + 1) { Self.rotate(&a, &v, size, p, q) } }
        }
        let order = (0..<size).sorted { a[$0 * size + $0] > a[$1 * size + $1] }
        values = order.map { a[$0 * size + $0] }
        vectors = order.map { column in
            let vector = (0..<size).map { v[$0 * size + column] }
            let largest = vector.max { abs($0) < abs($1) } ?? 0
            return largest < 0 ? vector.map { -$0 } : vector
        }
    }

    /// Makes the entry (p, q) zero.
    private static func rotate(_ a: inout [Double], _ v: inout [Double], _ size: Int, _ p: Int, _ q: Int) {
        let entry = a[p * size + q]
        guard entry != 0 else { return }
        let theta = (a[q * size + q] - a[p * size + p]) / (2 * entry)
        let tangent = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
        let cosine = 1 / (tangent * tangent + 1).squareRoot()
        let sine = tangent * cosine
        for index in 0..<size {
            let (left, right) = (a[index * size + p], a[index * size + q])
            a[index * size + p] = cosine * left - sine * right
            a[index * size + q] = sine * left + cosine * right
        }
        for index in 0..<size {
            let (left, right) = (a[p * size + index], a[q * size + index])
            a[p * size + index] = cosine * left - sine * right
            a[q * size + index] = sine * left + cosine * right
        }
        for index in 0..<size {
            let (left, right) = (v[index * size + p], v[index * size + q])
            v[index * size + p] = cosine * left - sine * right
            v[index * size + q] = sine * left + cosine * right
        }
    }
}
