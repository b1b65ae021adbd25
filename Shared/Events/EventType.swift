/// The kind of an event, such as `view` or `purchase`.
///
/// A string rather than an enumeration: a configuration may add types by giving them a topic.
public struct EventType: RawRepresentable, Hashable, Sendable {
    /// The name as it stands in the event, lower case with underscores.
    public var rawValue: String

    /// Creates a type from its name.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }
}

extension EventType {
    /// An item or a page was looked at.
    public static let view = EventType(rawValue: "view")
    /// A page without an item was looked at.
    public static let page = EventType(rawValue: "page")
    /// An item was clicked.
    public static let click = EventType(rawValue: "click")
    /// A rating; `value` holds it (0.5 to 5 stars).
    public static let rating = EventType(rawValue: "rating")
    /// Items were shown; `items` lists them.
    public static let impression = EventType(rawValue: "impression")
    /// The user likes the item.
    public static let like = EventType(rawValue: "like")
    /// The user does not like the item.
    public static let dislike = EventType(rawValue: "dislike")
    /// The user does not want to see the item again.
    public static let dismiss = EventType(rawValue: "dismiss")
    /// The item was bought.
    public static let purchase = EventType(rawValue: "purchase")
    /// The item was put into the cart.
    public static let addToCart = EventType(rawValue: "add_to_cart")
    /// The item was taken out of the cart.
    public static let removeFromCart = EventType(rawValue: "remove_from_cart")
}
