public import Events

/// How much each type of event says about what a user wants.
///
/// A positive weight speaks for the item, a negative one against it. Types without a weight are counted but leave
/// affinities and items alone.
public struct SignalWeights: Hashable, Sendable {
    /// The weight per type; for `rating` it is the weight of five stars.
    public var weights: [EventType: Double]
    /// Types that use an item up: it is not recommended again unless the catalog says that it is repeatable.
    public var consuming: Set<EventType>
    /// Types that take an item out of the user's lists.
    public var rejecting: Set<EventType>

    /// Creates weights; ``standard`` is the documented default.
    public init(weights: [EventType: Double], consuming: Set<EventType>, rejecting: Set<EventType>) {
        self.weights = weights
        self.consuming = consuming
        self.rejecting = rejecting
    }

    /// The defaults, as `docs/profiles.md` lists them.
    public static let standard = SignalWeights(
        weights: [
            .view: 1, .click: 2, .dwell: 1, .play: 2, .share: 3, .addToCart: 4, .removeFromCart: -2, .purchase: 6,
            .subscribe: 6, .rating: 5, .like: 4, .dislike: -4, .dismiss: -3, .favorite: 5, .review: 3,
        ],
        consuming: [.play, .purchase, .subscribe, .rating, .like, .favorite, .review],
        rejecting: [.dislike, .dismiss, .removeFromCart]
    )

    /// The middle of the rating scale: stars above it speak for an item, stars below it against it.
    static let neutralRating = 2.5

    /// How strongly `event` speaks for (or, negative, against) its item; `nil` when its type says nothing.
    public func strength(of event: Event) -> Double? {
        strength(of: event.type, value: event.value)
    }

    /// How strongly an event of `type` with this `value` speaks for (or, negative, against) its item.
    func strength(of type: EventType, value: Double?) -> Double? {
        guard let weight = weights[type] else { return nil }
        guard type == .rating else { return weight }
        guard let value else { return nil }
        return weight * (min(max(value, 0), 2 * Self.neutralRating) - Self.neutralRating) / Self.neutralRating
    }
}
