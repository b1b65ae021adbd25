/// An item and its score, as similar and trending lists hold them.
public struct RankedItem: Hashable, Sendable {
    /// The item.
    public var itemID: String
    /// The score; comparable within one list only.
    public var score: Float

    /// Creates a ranked item.
    public init(itemID: String, score: Float) {
        self.itemID = itemID
        self.score = score
    }
}
