/// An item as its features: what a model compares.
///
/// Means something only to the model that made it, and to those that came from it by adding items.
public struct ContentVector: Hashable, Sendable {
    /// Features that most items do not have, by ascending column.
    let sparse: [WeightedItem]
    /// Features that all items have; empty when the model has none.
    let dense: [Float]

    /// Whether nothing is known: no feature that the model knows, hence similarity zero to everything.
    public var isEmpty: Bool { sparse.isEmpty && dense.allSatisfy { $0 == 0 } }

    /// The vector's product with itself.
    var squaredLength: Double {
        sparse.reduce(0) { $0 + Double($1.weight) * Double($1.weight) }
            + dense.reduce(0) { $0 + Double($1) * Double($1) }
    }

    /// All numbers times `factor`.
    func scaled(by factor: Double) -> ContentVector {
        ContentVector(
            sparse: sparse.map { WeightedItem(item: $0.item, weight: Float(Double($0.weight) * factor)) },
            dense: dense.map { Float(Double($0) * factor) }
        )
    }

    /// The same direction with length `length`, or the vector itself when it has none.
    func normalized(to length: Double = 1) -> ContentVector {
        let squares = squaredLength
        return squares > 0 ? scaled(by: length / squares.squareRoot()) : self
    }
}

extension ContentVector {
    /// The scalar product.
    func product(with other: ContentVector) -> Double {
        var sum = zip(dense, other.dense).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        forEachColumn(with: other) { sum += $0 * $1 }
        return sum
    }

    /// The square of Euclid's distance.
    func squaredDistance(to other: ContentVector) -> Double {
        func square(_ left: Double, _ right: Double) -> Double { (left - right) * (left - right) }
        var sum = zip(dense, other.dense).reduce(0) { $0 + square(Double($1.0), Double($1.1)) }
        forEachColumn(with: other) { sum += square($0, $1) }
        return sum
    }

    /// Goes through the columns that one of the two has, side by side.
    private func forEachColumn(with other: ContentVector, _ body: (Double, Double) -> Void) {
        var (mine, theirs) = (sparse[...], other.sparse[...])
        while let left = mine.first, let right = theirs.first {
            body(left.item <= right.item ? Double(left.weight) : 0, right.item <= left.item ? Double(right.weight) : 0)
            if left.item <= right.item { mine.removeFirst() }
            if right.item <= left.item { theirs.removeFirst() }
        }
        for rest in mine { body(Double(rest.weight), 0) }
        for rest in theirs { body(0, Double(rest.weight)) }
    }
}
