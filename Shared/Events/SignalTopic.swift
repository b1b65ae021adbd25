/// The seven `events.*` topics, one per kind of signal.
///
/// The raw value is part of stored fences: never renumber a case.
public enum SignalTopic: UInt8, CaseIterable, Sendable, Hashable {
    /// `events.views`
    case views = 1
    /// `events.clicks`
    case clicks = 2
    /// `events.engagement`
    case engagement = 3
    /// `events.conversions`
    case conversions = 4
    /// `events.feedback`
    case feedback = 5
    /// `events.impressions`
    case impressions = 6
    /// `events.users`
    case users = 7

    /// The topic's last name part, as in `events.<name>`.
    public var name: String {
        switch self {
        case .views: "views"
        case .clicks: "clicks"
        case .engagement: "engagement"
        case .conversions: "conversions"
        case .feedback: "feedback"
        case .impressions: "impressions"
        case .users: "users"
        }
    }

    /// The topic whose last name part is `name`.
    public init?(name: some StringProtocol) {
        guard let match = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = match
    }
}
