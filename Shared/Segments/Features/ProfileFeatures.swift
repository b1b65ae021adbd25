public import Events
public import Profiles

/// Which numbers describe a user, and how a profile gives them: one function for training and for assignment.
///
/// Everything is as of the user's latest event, so it changes only with events.
public struct ProfileFeatures: Hashable, Sendable {
    /// The types of event whose share of the user's events is a feature.
    public let types: [EventType]
    /// The categories whose share of what the user likes is a feature.
    public let categories: [String]

    /// The features that do not depend on the data.
    static let figures = [
        "days since purchase", "purchases", "purchase value", "sessions", "events", "events per session", "days known",
        "items",
    ]

    /// Takes the types and categories that most users have, at most so many; among equals the smaller name in UTF-8.
    public init(describing profiles: some Collection<UserProfile>, types: Int = 8, categories: Int = 12) {
        var typeUsers: [String: Int] = [:]
        var categoryUsers: [String: Int] = [:]
        for profile in profiles {
            for type in profile.counters.keys { typeUsers[type.rawValue, default: 0] += 1 }
            for name in profile.categories.masses.keys { categoryUsers[name, default: 0] += 1 }
        }
        func common(_ users: [String: Int], _ limit: Int) -> [String] {
            users.sorted { left, right in
                guard left.value == right.value else { return left.value > right.value }
                return left.key.utf8.lexicographicallyPrecedes(right.key.utf8)
            }.prefix(limit).map(\.key)
        }
        self.types = common(typeUsers, types).map(EventType.init(rawValue:))
        self.categories = common(categoryUsers, categories)
    }

    init(types: [EventType], categories: [String]) {
        self.types = types
        self.categories = categories
    }

    /// What the features are called, in their order.
    public var names: [String] {
        Self.figures + types.map { "share of \($0.rawValue)" } + categories.map { "taste for \($0)" }
    }

    /// How many features there are.
    public var count: Int { Self.figures.count + types.count + categories.count }

    /// Which features are counts or durations, best compared by their logarithms.
    public var isLogarithmic: [Bool] {
        (0..<count).map { $0 < Self.figures.count }
    }

    /// The features of a profile; not-a-number where there is nothing to say.
    public func values(of profile: UserProfile) -> [Double] {
        let rfm = profile.rfm(now: profile.lastSeen)
        let events = Double(profile.revision)
        var values: [Double] = []
        values.reserveCapacity(count)
        values.append(rfm.recencyDays ?? .nan)
        values.append(Double(rfm.frequency))
        values.append(rfm.monetary)
        values.append(Double(profile.sessions))
        values.append(events)
        values.append(profile.sessions > 0 ? events / Double(profile.sessions) : .nan)
        values.append(Double(profile.lastSeen.milliseconds - profile.firstSeen.milliseconds) / 86_400_000)
        values.append(Double(profile.items.count))
        for type in types { values.append(events > 0 ? Double(profile.counters[type] ?? 0) / events : .nan) }
        // A ratio of sums, so the moment they are decayed to does not matter.
        let liked = profile.categories.masses.values.reduce(0) { $0 + $1.liked }
        for name in categories {
            values.append(liked > 0 ? (profile.categories.masses[name]?.liked ?? 0) / liked : .nan)
        }
        return values
    }

    /// The features of many profiles, one row each.
    public func matrix(of profiles: some Collection<UserProfile>) -> FeatureMatrix {
        FeatureMatrix(rows: profiles.map(values))
    }
}
