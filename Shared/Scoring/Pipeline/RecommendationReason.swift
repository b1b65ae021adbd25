import Events

/// Why an item is in a list, in the words of the API.
public struct RecommendationReason: Hashable, Sendable {
    /// What the user did with the item of the history, such as `because_you_viewed`.
    public var type: String
    /// The item of the history.
    public var itemID: String

    /// The reason that an item of the history gives, by the strongest thing that was done with it.
    init(_ type: EventType, itemID: String) {
        self.type =
            switch type {
            case .rating, .review: "because_you_rated"
            case .like, .favorite: "because_you_liked"
            default: "because_you_viewed"
            }
        self.itemID = itemID
    }
}
