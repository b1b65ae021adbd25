/// A dense matrix of weights between those items that have any.
struct DenseItemWeights: Hashable, Sendable {
    let itemCount: Int
    /// The items that have weights, ascending.
    let active: [Int]
    /// Where each item stands in ``active``, or -1.
    let places: [Int]
    /// A row per item of a history, a column per target.
    let values: [Float]

    /// Takes weights that were computed before: `active` ascending, a row and a column for each.
    init(itemCount: Int, active: [Int], values: [Float]) {
        self.itemCount = itemCount
        self.active = active
        var places = [Int](repeating: -1, count: itemCount)
        for (place, item) in active.enumerated() { places[item] = place }
        self.places = places
        self.values = values
    }

    /// −P[i, j] / P[j, j], with a diagonal of zeros.
    init(itemCount: Int, active: [Int], inverse: GramMatrix) {
        let count = active.count
        let values = [Float](unsafeUninitializedCapacity: count * count) { values, initialized in
            inverse.values.withUnsafeBufferPointer { inverse in
                let factors = (0..<count).map { -1 / inverse[$0 * count + $0] }
                factors.withUnsafeBufferPointer { factors in
                    for row in 0..<count {
                        for column in 0..<count {
                            let cell = row * count + column
                            values.initializeElement(at: cell, to: Float(inverse[cell] * factors[column]))
                        }
                        values[row * count + row] = 0
                    }
                }
            }
            initialized = count * count
        }
        self.init(itemCount: itemCount, active: active, values: values)
    }

    func weight(from source: Int, to target: Int) -> Float {
        let (row, column) = (places[source], places[target])
        return row >= 0 && column >= 0 ? values[row * active.count + column] : 0
    }

    /// The row vector of a history times the matrix.
    func scores(of history: [WeightedItem]) -> [Float] {
        let count = active.count
        var sums = [Float](repeating: 0, count: count)
        sums.withUnsafeMutableBufferPointer { sums in
            values.withUnsafeBufferPointer { values in
                guard let sums = sums.baseAddress, let values = values.baseAddress else { return }
                for entry in history where places[entry.item] >= 0 {
                    LinearAlgebra.add(values + places[entry.item] * count, times: entry.weight, to: sums, count)
                }
            }
        }
        guard count < itemCount else { return sums }
        var scores = [Float](repeating: 0, count: itemCount)
        for (place, item) in active.enumerated() { scores[item] = sums[place] }
        return scores
    }
}
