import Events
import Recommenders
import Scoring

/// What a model is fitted to, taken from an ``ActivityMatrix`` at one moment.
struct TrainingSet: Sendable {
    /// The items with at least one positive, in the order of their ids' first appearance.
    let itemIDs: [String]
    let matrix: InteractionMatrix
    /// Weight per item as of the newest event of all: what is popular with time taken into account.
    let decayedPopularity: [Float]
    /// ``ActivityMatrix/changes`` when it was taken.
    let changes: UInt64

    /// Takes the positives; throws `emptyMatrix` when there are none.
    ///
    /// The order of users is that of their keys, so that the same activities give the same model.
    init(_ source: ActivityMatrix, policy: TastePolicy) throws(RecommenderError) {
        var columns = [Int32](repeating: -1, count: source.itemIDs.count)
        var itemIDs: [String] = []
        var interactions: [Interaction] = []
        var times: [Int64] = []
        let users = source.rows.keys.sorted { $0.rawValue.utf8.lexicographicallyPrecedes($1.rawValue.utf8) }
        for (user, key) in users.enumerated() {
            guard let cells = source.rows[key]?.cells else { continue }
            let positive = cells.filter { !$0.value.isNegative && $0.value.sum > 0 }
            let newest = positive.values.lazy.map(\.time).max() ?? 0
            for (item, cell) in positive.sorted(by: { $0.key < $1.key }) {
                if columns[Int(item)] < 0 {
                    columns[Int(item)] = Int32(truncatingIfNeeded: itemIDs.count)
                    itemIDs.append(source.itemIDs[Int(item)])
                }
                let weight = policy.weight(cell.sum, age: newest - cell.time)
                interactions.append(Interaction(user: user, item: Int(columns[Int(item)]), weight: weight))
                times.append(cell.time)
            }
        }
        matrix = try InteractionMatrix(
            userCount: max(1, users.count),
            itemCount: max(1, itemIDs.count),
            interactions: interactions
        )
        let newest = times.max() ?? 0
        var popularity = [Float](repeating: 0, count: itemIDs.count)
        for (interaction, time) in zip(interactions, times) {
            popularity[interaction.item] += policy.weight(1, age: newest - time)
        }
        decayedPopularity = popularity
        self.itemIDs = itemIDs
        changes = source.changes
    }
}
