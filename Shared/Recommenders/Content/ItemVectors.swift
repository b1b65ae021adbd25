/// The vectors of all items of a model, and their products with and distances to one vector.
struct ItemVectors: Hashable, Sendable {
    let sparse: SparseRows
    /// The same by column: for each feature the items that have it.
    private let byFeature: SparseRows
    let dense: FactorMatrix
    /// The squared lengths of the sparse parts.
    private let sparseSquares: [Double]
    /// Whether each item has a feature at all.
    let isDescribed: [Bool]
    private let products = ScratchPool<[Float]>()
    private let features = ScratchPool<FeatureSums>()

    init(_ vectors: [ContentVector], sparseCount: Int, denseCount: Int) {
        var rows = RowChunk()
        var dense = FactorMatrix(rowCount: vectors.count, width: denseCount)
        for (item, vector) in vectors.enumerated() {
            rows.appendRow(vector.sparse.map { Int32(truncatingIfNeeded: $0.item) }, vector.sparse.map(\.weight))
            for (column, value) in vector.dense.enumerated() { dense.values[item * dense.stride + column] = value }
        }
        self.init(
            sparse: SparseRows(joining: [rows]),
            sparseCount: sparseCount,
            dense: dense,
            isDescribed: vectors.map { !$0.isEmpty }
        )
    }

    /// Takes rows that were made before; who has no number but zero is not described.
    init(sparse: SparseRows, sparseCount: Int, dense: FactorMatrix) {
        let isDescribed = (0..<sparse.rowCount).map { item in
            !sparse.range(of: item).isEmpty || dense.row(item).contains { $0 != 0 }
        }
        self.init(sparse: sparse, sparseCount: sparseCount, dense: dense, isDescribed: isDescribed)
    }

    private init(sparse: SparseRows, sparseCount: Int, dense: FactorMatrix, isDescribed: [Bool]) {
        self.sparse = sparse
        self.dense = dense
        self.isDescribed = isDescribed
        byFeature = sparse.transposed(columnCount: sparseCount)
        sparseSquares = (0..<sparse.rowCount).map { row in
            sparse.range(of: row).reduce(0) { $0 + Double(sparse.values[$1]) * Double(sparse.values[$1]) }
        }
    }

    /// These and further ones.
    func appending(_ vectors: [ContentVector]) -> ItemVectors {
        let added = ItemVectors(vectors, sparseCount: byFeature.rowCount, denseCount: dense.width)
        var joined = FactorMatrix(rowCount: count + added.count, width: dense.width)
        joined.values = dense.values + added.dense.values
        return ItemVectors(
            sparse: SparseRows(
                offsets: sparse.offsets + added.sparse.offsets.dropFirst().map { $0 + sparse.entryCount },
                columns: sparse.columns + added.sparse.columns,
                values: sparse.values + added.sparse.values
            ),
            sparseCount: byFeature.rowCount,
            dense: joined,
            isDescribed: isDescribed + added.isDescribed
        )
    }

    var count: Int { isDescribed.count }

    /// The vector of an item.
    subscript(item: Int) -> ContentVector {
        ContentVector(sparse: sparse.entries(of: item), dense: Array(dense.row(item)))
    }

    /// The scalar product of two items' vectors.
    func product(of left: Int, with right: Int) -> Double {
        var sum = 0.0
        if dense.width > 0 {
            for (left, right) in zip(dense.row(left), dense.row(right)) { sum += Double(left) * Double(right) }
        }
        var (mine, theirs) = (sparse.range(of: left), sparse.range(of: right))
        sparse.columns.withUnsafeBufferPointer { columns in
            sparse.values.withUnsafeBufferPointer { values in
                while let left = mine.first, let right = theirs.first {
                    let (column, other) = (columns[left], columns[right])
                    if column == other { sum += Double(values[left]) * Double(values[right]) }
                    if column <= other { mine.removeFirst() }
                    if other <= column { theirs.removeFirst() }
                }
            }
        }
        return sum
    }

    /// The sum of weight times vector over `entries`.
    func sum(of entries: [(item: Int, weight: Double)]) -> ContentVector {
        var features = features.take() ?? FeatureSums(count: byFeature.rowCount)
        defer { self.features.give(features) }
        var sum = [Double](repeating: 0, count: dense.width)
        for entry in entries {
            for position in sparse.range(of: entry.item) {
                features.add(entry.weight * Double(sparse.values[position]), to: sparse.columns[position])
            }
            for (column, value) in dense.row(entry.item).enumerated() { sum[column] += entry.weight * Double(value) }
        }
        return ContentVector(sparse: features.takeAll(), dense: sum.map { Float($0) })
    }

    /// Each item's product with `vector`.
    func products(with vector: ContentVector) -> [Float] {
        var products =
            dense.width > 0 ? dense.product(with: padded(vector.dense)) : [Float](repeating: 0, count: count)
        addSparseProducts(with: vector, to: &products)
        return products
    }

    /// The items with the largest products above zero, best first, ties by ascending item.
    func best(_ limit: Int, like vector: ContentVector, excluding excluded: ItemSet) -> [ScoredItem] {
        guard dense.width == 0 else { return ScoredItem.best(limit, of: products(with: vector), excluding: excluded) }
        var products = products.take() ?? []
        defer { self.products.give(products) }
        products.removeAll(keepingCapacity: true)
        products.append(contentsOf: repeatElement(0, count: count))
        addSparseProducts(with: vector, to: &products)
        return ScoredItem.best(limit, of: products, excluding: excluded)
    }

    private func addSparseProducts(with vector: ContentVector, to products: inout [Float]) {
        products.withUnsafeMutableBufferPointer { products in
            byFeature.columns.withUnsafeBufferPointer { columns in
                byFeature.values.withUnsafeBufferPointer { values in
                    for feature in vector.sparse {
                        for position in byFeature.range(of: feature.item) {
                            products[Int(columns[position])] += feature.weight * values[position]
                        }
                    }
                }
            }
        }
    }

    /// Each item's distance to `vector`.
    ///
    /// The squares of the sparse parts are subtracted from each other, hence in `Double`: equal vectors have distance
    /// zero, to 1e-7 or so.
    func distances(to vector: ContentVector) -> [Float] {
        var products = [Double](repeating: 0, count: count)
        var squares = 0.0
        for feature in vector.sparse {
            squares += Double(feature.weight) * Double(feature.weight)
            for position in byFeature.range(of: feature.item) {
                products[Int(byFeature.columns[position])] +=
                    Double(feature.weight) * Double(byFeature.values[position])
            }
        }
        let dense = padded(vector.dense)
        return products.indices.map { item in
            let sparseSquare = max(0, squares + sparseSquares[item] - 2 * products[item])
            return Float((sparseSquare + Double(denseSquare(item, dense))).squareRoot())
        }
    }

    private func padded(_ vector: [Float]) -> [Float] {
        vector + [Float](repeating: 0, count: dense.stride - vector.count)
    }

    /// The squared distance of an item's dense part to a padded vector.
    private func denseSquare(_ item: Int, _ vector: [Float]) -> Float {
        var sum = Kernels.Lanes.zero
        dense.values.withUnsafeBufferPointer { rows in
            vector.withUnsafeBufferPointer { vector in
                guard let rows = rows.baseAddress, let vector = vector.baseAddress else { return }
                let row = rows + item * dense.stride
                for index in Swift.stride(from: 0, to: dense.stride, by: Kernels.laneCount) {
                    let difference = Kernels.load(row + index) - Kernels.load(vector + index)
                    sum += difference * difference
                }
            }
        }
        return sum.sum()
    }
}

/// The sum of each feature of a few items, in memory that is used again.
private struct FeatureSums {
    /// All zero between uses.
    private var sums: [Double]
    private var touched: [Int32] = []

    init(count: Int) {
        sums = [Double](repeating: 0, count: count)
    }

    mutating func add(_ amount: Double, to feature: Int32) {
        if sums[Int(feature)] == 0 { touched.append(feature) }
        sums[Int(feature)] += amount
    }

    /// The features by ascending column, and all sums back to zero.
    mutating func takeAll() -> [WeightedItem] {
        touched.sort()
        var found: [WeightedItem] = []
        found.reserveCapacity(touched.count)
        for feature in touched where found.last?.item != Int(feature) {
            found.append(WeightedItem(item: Int(feature), weight: Float(sums[Int(feature)])))
            sums[Int(feature)] = 0
        }
        touched.removeAll(keepingCapacity: true)
        return found
    }
}
