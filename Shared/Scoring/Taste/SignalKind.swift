public import Events

/// The four kinds of signal that training keeps apart, so that a model may treat a view other than a purchase.
///
/// The raw value is part of the matrix's snapshots: never renumber a case.
public enum SignalKind: UInt8, CaseIterable, Hashable, Sendable {
    /// Looking at an item.
    case views = 0
    /// Clicks, plays, dwell time, shares.
    case engagement = 1
    /// Carts, purchases, subscriptions.
    case conversions = 2
    /// Ratings, likes, favourites, reviews.
    case feedback = 3

    /// The name, as plans have it.
    public var name: String {
        switch self {
        case .views: "views"
        case .engagement: "engagement"
        case .conversions: "conversions"
        case .feedback: "feedback"
        }
    }

    /// The kind of this name.
    public init?(name: String) {
        guard let kind = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = kind
    }

    private static let routing = EventRouting()

    /// The kind of a type that no plan speaks of: that of its topic, engagement for types of an installation's own.
    public init(of type: EventType) {
        switch Self.routing.topic(for: type) {
        case .views: self = .views
        case .conversions: self = .conversions
        case .feedback: self = .feedback
        default: self = .engagement
        }
    }
}
