/// Who interacted with what, and how strongly: a sparse matrix of users by items, readable both ways.
///
/// Immutable. Users and items are indices from zero; who they are is the caller's business.
public struct InteractionMatrix: Hashable, Sendable {
    /// How many users there are, users without interactions included.
    public let userCount: Int
    /// How many items there are, items without interactions included.
    public let itemCount: Int
    /// The items of each user, ascending.
    public let byUser: SparseRows
    /// The users of each item, ascending.
    public let byItem: SparseRows

    /// Builds the matrix; several interactions of one user with one item add up, zeros are left out.
    ///
    /// Throws `indexOutOfRange`, `invalidWeight`, or `emptyMatrix` when nothing is left.
    public init(userCount: Int, itemCount: Int, interactions: [Interaction]) throws(RecommenderError) {
        guard userCount <= Int(Int32.max), itemCount <= Int(Int32.max) else {
            throw RecommenderError(.indexOutOfRange, "more than \(Int32.max) users or items")
        }
        for interaction in interactions {
            guard (0..<userCount).contains(interaction.user), (0..<itemCount).contains(interaction.item) else {
                throw RecommenderError(
                    .indexOutOfRange,
                    "(\(interaction.user), \(interaction.item)) in a matrix of \(userCount) x \(itemCount)"
                )
            }
            guard interaction.weight.isFinite, interaction.weight >= 0 else {
                throw RecommenderError(.invalidWeight, "weight \(interaction.weight)")
            }
        }
        let byUser = Self.rows(of: interactions, userCount: userCount)
        guard byUser.entryCount > 0 else {
            throw RecommenderError(.emptyMatrix, "no interaction with a positive weight")
        }
        guard byUser.values.allSatisfy(\.isFinite) else {
            throw RecommenderError(.invalidWeight, "a sum of weights is infinite")
        }
        self.userCount = userCount
        self.itemCount = itemCount
        self.byUser = byUser
        byItem = byUser.transposed(columnCount: itemCount)
    }

    /// How many cells are not zero.
    public var entryCount: Int { byUser.entryCount }

    /// Groups by user (counting sort), sorts each user's items and adds up repeated ones.
    private static func rows(of interactions: [Interaction], userCount: Int) -> SparseRows {
        var starts = [Int](repeating: 0, count: userCount + 1)
        for interaction in interactions { starts[interaction.user + 1] += 1 }
        for user in 0..<userCount { starts[user + 1] += starts[user] }
        var next = starts
        var grouped = [WeightedItem](repeating: WeightedItem(item: 0, weight: 0), count: interactions.count)
        for interaction in interactions {
            grouped[next[interaction.user]] = WeightedItem(item: interaction.item, weight: interaction.weight)
            next[interaction.user] += 1
        }
        var offsets = [0]
        offsets.reserveCapacity(userCount + 1)
        var columns: [Int32] = []
        var values: [Float] = []
        columns.reserveCapacity(interactions.count)
        values.reserveCapacity(interactions.count)
        for user in 0..<userCount {
            let first = columns.count
            for entry in grouped[starts[user]..<starts[user + 1]].merged() {
                columns.append(Int32(truncatingIfNeeded: entry.item))
                values.append(entry.weight)
            }
            assert(first <= columns.count)
            offsets.append(columns.count)
        }
        return SparseRows(offsets: offsets, columns: columns, values: values)
    }
}

extension Collection<WeightedItem> {
    /// Sorted by item, weights of the same item added up (in ascending order, so that the order given has no effect), zeros left out.
    func merged() -> [WeightedItem] {
        let ordered = sorted { ($0.item, $0.weight) < ($1.item, $1.weight) }
        var merged: [WeightedItem] = []
        merged.reserveCapacity(ordered.count)
        for entry in ordered where entry.weight > 0 {
            if let last = merged.last, last.item == entry.item {
                merged[merged.count - 1].weight += entry.weight
            } else {
                merged.append(entry)
            }
        }
        return merged
    }

    /// Merged, or an error when an item is not below `itemCount` or a weight is negative or not finite.
    func validated(itemCount: Int) throws(RecommenderError) -> [WeightedItem] {
        for entry in self {
            guard (0..<itemCount).contains(entry.item) else {
                throw RecommenderError(.indexOutOfRange, "item \(entry.item) in a model of \(itemCount)")
            }
            guard entry.weight.isFinite, entry.weight >= 0 else {
                throw RecommenderError(.invalidWeight, "weight \(entry.weight)")
            }
        }
        let merged = merged()
        guard merged.allSatisfy(\.weight.isFinite) else {
            throw RecommenderError(.invalidWeight, "a sum of weights is infinite")
        }
        return merged
    }
}
