/// An item-based neighbourhood that takes up new events between trainings, and then equals a fit to all of them.
///
/// Keeps each user's items, how many users each item has, and how many each pair has in common. An event of a user with n
/// items changes n pairs; the neighbours of an item are made again when its own count or one of its pairs has changed, so
/// an event costs about as much as the neighbours of the items that its item ever met. Binary weighting only: with others
/// one event changes what all the user's interactions count. Memory: 8 bytes for each pair of items that ever met, twice.
public struct ItemNeighbourCounts: Sendable {
    /// How neighbours are chosen.
    public let parameters: NeighbourhoodParameters
    /// The items of each user, ascending.
    private var users: [[Int32]]
    /// How many users each item has in common with others.
    private var pairs: [PairCounts]
    /// How many users each item has.
    private var counts: [Int]
    private var terms: SimilarityTerms
    private var neighbours: [Neighbours]

    private struct Neighbours: Sendable {
        var items: [Int32] = []
        var similarities: [Float] = []
    }

    /// Counts a matrix; throws `invalidParameter` for a weighting other than binary, or `cancelled`.
    public init(
        _ matrix: InteractionMatrix,
        parameters: NeighbourhoodParameters = NeighbourhoodParameters(),
        context: FitContext = FitContext()
    ) throws(RecommenderError) {
        try parameters.validate()
        guard parameters.effectiveWeighting == .binary else {
            throw RecommenderError(.invalidParameter, "only binary weights can be updated")
        }
        self.parameters = parameters
        users = (0..<matrix.userCount).map { Array(matrix.byUser.columns[matrix.byUser.range(of: $0)]) }
        counts = (0..<matrix.itemCount).map { matrix.byItem.range(of: $0).count }
        pairs = try Self.pairs(of: matrix, context: context)
        terms = SimilarityTerms(
            counts: counts,
            population: users.count,
            similarity: parameters.similarity,
            shrinkage: parameters.shrinkage
        )
        neighbours = [Neighbours](repeating: Neighbours(), count: matrix.itemCount)
        try renew(Array(0..<matrix.itemCount), context: context)
    }

    /// How many users there are.
    public var userCount: Int { users.count }

    /// How many items there are.
    public var itemCount: Int { counts.count }

    /// The neighbours as of the latest update: what ``ItemKNNModel/fit(_:parameters:context:)`` would find.
    public func model() -> ItemKNNModel {
        var chunk = RowChunk()
        for row in neighbours { chunk.appendRow(row.items, row.similarities) }
        return ItemKNNModel(parameters: parameters, neighbours: SparseRows(joining: [chunk]))
    }

    /// Takes up events; those with weight zero and pairs that are known already change nothing.
    ///
    /// New users and items get their room by `userCount` and `itemCount`, which never shrink. Throws `indexOutOfRange` or
    /// `invalidWeight` before anything has changed, and `cancelled`, after which neighbours may be old until the next
    /// update that touches them.
    /// - Returns: the items whose neighbours were made again, ascending.
    @discardableResult
    public mutating func update(
        with events: [Interaction],
        userCount: Int? = nil,
        itemCount: Int? = nil,
        context: FitContext = FitContext()
    ) throws(RecommenderError) -> [Int] {
        let newUserCount = max(userCount ?? 0, users.count)
        let newItemCount = max(itemCount ?? 0, counts.count)
        for event in events {
            guard (0..<newUserCount).contains(event.user), (0..<newItemCount).contains(event.item) else {
                let place = "(\(event.user), \(event.item))"
                throw RecommenderError(.indexOutOfRange, "\(place) in \(newUserCount) x \(newItemCount)")
            }
            guard event.weight.isFinite, event.weight >= 0 else {
                throw RecommenderError(.invalidWeight, "weight \(event.weight)")
            }
        }
        let populationChanged = newUserCount != users.count
        makeRoom(userCount: newUserCount, itemCount: newItemCount)
        let changed = count(events)
        for item in changed { terms.setCount(counts[item], of: item) }
        var touched = Set(changed)
        if populationChanged, parameters.similarity.dependsOnPopulation {
            terms = SimilarityTerms(
                counts: counts,
                population: newUserCount,
                similarity: parameters.similarity,
                shrinkage: parameters.shrinkage
            )
            touched = Set(0..<newItemCount)
        }
        for item in changed { touched.formUnion(pairs[item].items.map(Int.init)) }
        let renewed = touched.sorted()
        try renew(renewed, context: context)
        return renewed
    }

    private mutating func makeRoom(userCount: Int, itemCount: Int) {
        users.append(contentsOf: repeatElement([], count: userCount - users.count))
        for _ in counts.count..<itemCount {
            counts.append(0)
            pairs.append(PairCounts())
            neighbours.append(Neighbours())
            terms.appendCount(0)
        }
    }

    /// Counts what is new; answers the items whose own count has changed.
    private mutating func count(_ events: [Interaction]) -> [Int] {
        var met: [Int32: [Int32]] = [:]
        var changed: Set<Int> = []
        for event in events where event.weight > 0 {
            let item = Int32(truncatingIfNeeded: event.item)
            let place = users[event.user].partitioningIndex { $0 >= item }
            if place < users[event.user].count, users[event.user][place] == item { continue }
            for other in users[event.user] {
                met[item, default: []].append(other)
                met[other, default: []].append(item)
            }
            users[event.user].insert(item, at: place)
            counts[event.item] += 1
            changed.insert(event.item)
        }
        for (item, others) in met { pairs[Int(item)].add(others.sorted()) }
        return changed.sorted()
    }

    /// Chooses the neighbours of `targets` again.
    private mutating func renew(_ targets: [Int], context: FitContext) throws(RecommenderError) {
        let (pairs, terms, limit) = (pairs, terms, parameters.neighbours)
        let chunks = try context.workers.mapChunks(of: targets.count, size: 64, context: context) { range in
            var best = BestEntries()
            return targets[range].map { target in
                var items = pairs[target].items
                var values = pairs[target].counts.map { Float($0) }
                let kept = items.withUnsafeMutableBufferPointer { items in
                    values.withUnsafeMutableBufferPointer { values in
                        let others = UnsafeBufferPointer(items)
                        terms.similarities(target: terms.terms[target], others: others, products: values)
                        return best.keep(limit, columns: items, values: values)
                    }
                }
                return Neighbours(items: Array(items.prefix(kept)), similarities: Array(values.prefix(kept)))
            }
        }
        for (target, row) in zip(targets, chunks.joined()) { neighbours[target] = row }
    }

    private static func pairs(
        of matrix: InteractionMatrix,
        context: FitContext
    ) throws(RecommenderError) -> [PairCounts] {
        let binary = FittedWeighting(.binary, documents: matrix.byItem, termCount: matrix.userCount)(matrix.byItem)
        let product = SparseProduct(
            left: binary,
            right: binary.transposed(columnCount: matrix.userCount),
            columnCount: matrix.itemCount
        )
        let rows = try product.bestOfRows(matrix.itemCount, context: context)
        // Transposed: ascending; symmetric, so it is the same matrix.
        let sorted = rows.transposed(columnCount: matrix.itemCount)
        return (0..<matrix.itemCount).map { item in
            let range = sorted.range(of: item)
            return PairCounts(items: Array(sorted.columns[range]), counts: sorted.values[range].map { Int32($0) })
        }
    }
}

extension NeighbourSimilarity {
    /// Whether one more user changes similarities of items that this user does not have.
    fileprivate var dependsOnPopulation: Bool {
        switch self {
        case .pearson, .logLikelihood: true
        case .cosine, .asymmetricCosine, .jaccard: false
        }
    }
}
