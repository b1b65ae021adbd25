public import Events
public import Profiles

/// A segment that people define: its name, and the condition under which a user is in it.
public struct SegmentRule: Hashable, Sendable {
    /// The name in profiles and on the topic: lower case letters, digits and hyphens, at most 40.
    public let name: String
    /// What it is for, for people.
    public let description: String
    /// When a user is in it.
    public let condition: Condition

    /// Creates a rule; throws `invalidRule` for a name that cannot be one.
    public init(name: String, description: String = "", condition: Condition) throws(SegmentError) {
        guard (1...40).contains(name.utf8.count),
            name.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }),
            !name.hasPrefix(SegmentKey.clusterPrefix), !name.hasPrefix(SegmentKey.rfmPrefix)
        else {
            throw SegmentError(
                .invalidRule,
                "'\(name)' is no name: lower case letters, digits and hyphens, not beginning with cluster- or rfm-"
            )
        }
        self.name = name
        self.description = description
        self.condition = condition
    }

    /// When a user is in a segment, as of his latest event.
    public indirect enum Condition: Hashable, Sendable {
        /// All of these hold.
        case all([Condition])
        /// At least one of these holds.
        case any([Condition])
        /// This does not hold.
        case not(Condition)
        /// So many events.
        case events(EventCount, Comparison)
        /// A figure of the profile; a figure that is missing holds for nothing.
        case figure(Figure, Comparison)
        /// The share that a name has in all that the user likes.
        case taste(Place, Comparison)
        /// The RFM segment is one of these.
        case rfm([RFMSegment])
    }

    /// Which events are counted.
    public struct EventCount: Hashable, Sendable {
        /// Of these types; of all types when empty.
        public var types: [EventType]
        /// On items of this category, tag or creator; on anything, or nothing, when `nil`.
        public var place: Place?
        /// Within so many days, today included; since ever when `nil`.
        public var days: Int?

        /// Creates a count.
        public init(types: [EventType] = [], place: Place? = nil, days: Int? = nil) {
            self.types = types
            self.place = place
            self.days = days
        }
    }

    /// A dimension of items, and a name in it or, where it counts events, any one name.
    public struct Place: Hashable, Sendable {
        /// What of an item is looked at.
        public enum Dimension: String, CaseIterable, Sendable {
            /// Its categories.
            case category
            /// Its tags.
            case tag
            /// Its creator.
            case creator
        }

        /// What of an item is looked at.
        public var dimension: Dimension
        /// The name; `nil` for any one name.
        public var name: String?

        /// Creates a place.
        public init(_ dimension: Dimension, name: String?) {
            self.dimension = dimension
            self.name = name
        }
    }

    /// A figure of a profile, as of the user's latest event.
    public enum Figure: String, CaseIterable, Sendable {
        /// Sessions.
        case sessions
        /// Items that the user has done something with.
        case items
        /// Purchases.
        case frequency
        /// Their value.
        case monetary
        /// Days since the latest purchase; missing without one.
        case recencyDays
        /// Days from the first to the latest event.
        case knownDays
    }
}
