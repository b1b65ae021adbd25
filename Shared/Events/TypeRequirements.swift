/// What events of a type must have beyond what all events have.
public struct TypeRequirements: Sendable {
    /// A field that a type may require.
    public enum Field: String, Sendable, CaseIterable {
        case itemID = "itemId"
        case items
        case value
        case userID = "userId"
        case anonymousID = "anonymousId"
        case consent

        func isPresent(in event: Event) -> Bool {
            switch self {
            case .itemID: event.itemID != nil
            case .items: !event.items.isEmpty
            case .value: event.value != nil
            case .userID: event.userID != nil
            case .anonymousID: event.anonymousID != nil
            case .consent: event.consent != nil
            }
        }
    }

    /// The fields that must be there.
    public var fields: [Field] = []
    /// What `value` must lie in if it is there.
    public var valueRange: ClosedRange<Double>?

    /// The requirements of a type; types that a configuration adds have none.
    public static func of(_ type: EventType) -> TypeRequirements {
        switch type {
        case .rating: TypeRequirements(fields: [.itemID, .value], valueRange: 0...5)
        case .review: TypeRequirements(fields: [.itemID], valueRange: 0...5)
        case .view, .click, .share, .like, .dislike, .dismiss, .favorite: TypeRequirements(fields: [.itemID])
        case .dwell, .play, .addToCart, .removeFromCart, .purchase:
            TypeRequirements(fields: [.itemID], valueRange: 0...(.greatestFiniteMagnitude))
        case .scroll, .subscribe: TypeRequirements(valueRange: 0...(.greatestFiniteMagnitude))
        case .impression: TypeRequirements(fields: [.items])
        case .identify: TypeRequirements(fields: [.userID])
        case .alias: TypeRequirements(fields: [.userID, .anonymousID])
        case .consent: TypeRequirements(fields: [.consent])
        default: TypeRequirements()
        }
    }
}
