import Recommenders

/// What a model promises when a history says more about an item: which other items' scores then do not fall, and why.
enum Evidence: Sendable {
    /// A score is a sum over the history of weight times relation, so it rises for whatever is not related negatively.
    ///
    /// Popularity, which does not look at the history, is the case in which all relations are zero.
    case sum
    /// The squared error of the item counts more, so its own score goes towards 1 (Sherman and Morrison's formula); the
    /// others follow the user's vector, some of them down.
    case ownScoreUpToOne
    /// The users who have the item get more alike, all others less so: an item that only the former have does not lose.
    case sharedUsers
    /// Nothing, for the reason given.
    case unclaimed(String)

    var isClaimed: Bool {
        if case .unclaimed = self { false } else { true }
    }

    /// The items whose scores may not fall when a history that scored `before` says more about `item`; `relation` is the
    /// score by that item alone, less that by nothing.
    func related(to item: Int, before: [Float], relation: [Float], in matrix: InteractionMatrix) -> [Int] {
        switch self {
        case .sum: before.indices.filter { relation[$0] >= 0 }
        case .ownScoreUpToOne: before[item] <= 1 ? [item] : []
        case .sharedUsers:
            before.indices.filter { Self.users(of: $0, in: matrix).isSubset(of: Self.users(of: item, in: matrix)) }
        case .unclaimed: []
        }
    }

    private static func users(of item: Int, in matrix: InteractionMatrix) -> Set<Int> {
        Set((0..<matrix.userCount).filter { user in matrix.byUser.entries(of: user).contains { $0.item == item } })
    }
}
