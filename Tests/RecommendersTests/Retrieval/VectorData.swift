@testable import Recommenders

/// Random vectors with a seed, and their scores in the most obvious way.
enum VectorData {
    /// Vectors of very different lengths, as a factor model has them.
    static func skewed(count: Int, dimension: Int, seed: UInt64) throws -> DenseVectors {
        var random = RandomSource(seed: seed)
        var values: [Float] = []
        for _ in 0..<count {
            let length = random.uniform() * random.uniform() * 3
            for _ in 0..<dimension { values.append((random.uniform() - 0.4) * length) }
        }
        return try DenseVectors(dimension: dimension, values: values)
    }

    static func scores(of query: ArraySlice<Float>, _ items: DenseVectors, _ metric: VectorMetric) -> [Double] {
        let query = query.map(Double.init)
        return (0..<items.count).map { item in
            let vector = items[item].map(Double.init)
            let product = DenseReference.dot(query, vector)
            switch metric {
            case .innerProduct: return product
            case .cosine:
                let lengths = DenseReference.dot(query, query) * DenseReference.dot(vector, vector)
                return lengths > 0 ? product / lengths.squareRoot() : 0
            case .euclidean: return -zip(query, vector).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
            }
        }
    }
}
