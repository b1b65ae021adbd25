import COpenBLAS

/// Coordinates in which what all rows' equations have in common, α₀VᵀV + λ_u I, is diagonal.
///
/// With the same λ for all rows α₀VᵀV + λI = LLᵀ, and w = L⁻¹v makes it the identity; else the eigenvectors of VᵀV make
/// it α₀Λ + λ_u I. Either way the product with the dense matrix, which takes most of a step of conjugate gradient in the
/// usual coordinates and is bound by memory, is gone: two matrix products per row, all rows at once, take its place; and
/// the steps see a matrix that differs from the identity only by the row's own few entries, so that few are needed.
struct ALSCoordinates {
    /// Multiplied from the right, makes of the given side's vectors the ones in these coordinates.
    let ofGiven: [Float]
    /// The same for the vectors to be solved, before the steps.
    let ofSolved: [Float]
    /// And back.
    let back: [Float]
    /// Λ times α₀, or nil where the common term is the identity for all rows.
    let eigenvalues: [Float]?
    let width: Int
    let stride: Int

    init(gram: [Float], width: Int, stride: Int, objective: ALSObjective) {
        self.width = width
        self.stride = stride
        let scale = Double(objective.unobserved)
        var matrix = [Double](repeating: 0, count: width * width)
        var largest = Double(Float.leastNormalMagnitude)
        for row in 0..<width {
            for column in 0...row {
                matrix[row * width + column] = scale * Double(gram[row * stride + column])
                matrix[column * width + row] = matrix[row * width + column]
            }
            largest = max(largest, matrix[row * width + row])
        }
        if !objective.hasUniformRegularization, let eigen = LinearAlgebra.symmetricEigen(matrix, size: width) {
            back = Self.padded(eigen.vectors, width: width, stride: stride)
            ofGiven = Self.padded(eigen.vectors, width: width, stride: stride, transposed: true)
            ofSolved = ofGiven
            eigenvalues =
                eigen.values.map { Float(max(0, $0)) } + [Float](repeating: 0, count: stride - width)
            return
        }
        let regularization = Double(objective.regularization(count: 0, others: 0))
        // The Gram matrix is summed in Float: with a tiny λ rounding may leave it indefinite, which a little more heals.
        var lift = 0.0
        var factor = matrix
        repeat {
            factor = matrix
            for index in 0..<width { factor[index * width + index] += regularization + lift }
            lift = lift == 0 ? largest * 1e-7 : lift * 10
        } while !LinearAlgebra.factorizeLower(&factor, size: width)
        let inverse = LinearAlgebra.inverseLower(factor, size: width)
        ofSolved = Self.padded(factor, width: width, stride: stride)
        ofGiven = Self.padded(inverse, width: width, stride: stride, transposed: true)
        back = Self.padded(inverse, width: width, stride: stride)
        eigenvalues = nil
    }

    private static func padded(_ matrix: [Double], width: Int, stride: Int, transposed: Bool = false) -> [Float] {
        var padded = [Float](repeating: 0, count: stride * stride)
        for row in 0..<width {
            for column in 0..<width {
                padded[row * stride + column] = Float(matrix[transposed ? column * width + row : row * width + column])
            }
        }
        return padded
    }
}
