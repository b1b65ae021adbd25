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

extension EventType {
    /// Time was spent on the item; `value` holds seconds.
    public static let dwell = EventType(rawValue: "dwell")
    /// The item was played.
    public static let play = EventType(rawValue: "play")
    /// The page was scrolled.
    public static let scroll = EventType(rawValue: "scroll")
    /// Something was searched for.
    public static let search = EventType(rawValue: "search")
    /// The item was shared.
    public static let share = EventType(rawValue: "share")
    /// Something was subscribed to.
    public static let subscribe = EventType(rawValue: "subscribe")
    /// The item was put among the favourites.
    public static let favorite = EventType(rawValue: "favorite")
    /// The item was reviewed.
    public static let review = EventType(rawValue: "review")
    /// Traits of the user.
    public static let identify = EventType(rawValue: "identify")
    /// A visitor turns out to be a user.
    public static let alias = EventType(rawValue: "alias")
    /// What the user says that he likes.
    public static let preferences = EventType(rawValue: "preferences")
    /// What the user agrees to.
    public static let consent = EventType(rawValue: "consent")
}
