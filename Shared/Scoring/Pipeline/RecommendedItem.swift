public import Recommenders

/// One place of a finished list.
public struct RecommendedItem: Hashable, Sendable {
    /// The item.
    public var itemID: String
    /// The score that ranks it; comparable within the list only.
    public var score: Float
    /// Who proposed it, with what each added to the merged score: largest share first.
    public var sources: [Candidate.Share]
    /// The item of the history that speaks most for it, when there is one.
    public var reason: RecommendationReason?
}
