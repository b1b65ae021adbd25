/// Vectors of one length, such as the factors of all items: `count` rows of `dimension` finite numbers.
public struct DenseVectors: Hashable, Sendable {
    /// How many vectors there are.
    public let count: Int
    /// How many numbers each vector has, at least one.
    public let dimension: Int
    /// The numbers, vector after vector.
    public let values: [Float]

    /// Takes vectors that stand one after the other.
    ///
    /// Throws `invalidParameter` when the dimension is not positive or does not divide the number of values, and
    /// `invalidWeight` when a number, or the squared length of a vector, is infinite or not a number.
    public init(dimension: Int, values: [Float]) throws(RecommenderError) {
        guard dimension > 0, values.count.isMultiple(of: dimension) else {
            throw RecommenderError(.invalidParameter, "\(values.count) numbers for vectors of dimension \(dimension)")
        }
        self.dimension = dimension
        self.values = values
        count = values.count / dimension
        // A product of two vectors is no longer than their lengths multiplied: it is finite when these are.
        for index in 0..<count where !squaredLength(of: index).isFinite {
            throw RecommenderError(.invalidWeight, "vector \(index) has no finite length")
        }
    }

    /// Takes one array per vector; throws as the other initializer does, also when their lengths differ.
    public init(_ vectors: [[Float]]) throws(RecommenderError) {
        let dimension = vectors.first?.count ?? 1
        guard vectors.allSatisfy({ $0.count == dimension }) else {
            throw RecommenderError(.invalidParameter, "vectors of different dimensions")
        }
        try self.init(dimension: dimension, values: Array(vectors.joined()))
    }

    /// The vector with this index, which must be below ``count``.
    public subscript(index: Int) -> ArraySlice<Float> {
        values[index * dimension..<(index + 1) * dimension]
    }

    func squaredLength(of index: Int) -> Float {
        values.withUnsafeBufferPointer { values in
            guard let base = values.baseAddress else { return 0 }
            return Kernels.dot(base + index * dimension, base + index * dimension, dimension)
        }
    }

    func length(of index: Int) -> Float { squaredLength(of: index).squareRoot() }

    /// The same vectors with length one; a vector of zeros stays as it is.
    func normalized() -> DenseVectors {
        var scaled = values
        for index in 0..<count {
            let length = length(of: index)
            guard length > 0 else { continue }
            for component in index * dimension..<(index + 1) * dimension { scaled[component] /= length }
        }
        return DenseVectors(unchecked: scaled, dimension: dimension)
    }

    /// The vectors with these indices.
    func choose(_ indices: [Int]) -> DenseVectors {
        DenseVectors(unchecked: indices.flatMap { self[$0] }, dimension: dimension)
    }

    private init(unchecked values: [Float], dimension: Int) {
        self.values = values
        self.dimension = dimension
        count = values.count / dimension
    }
}
