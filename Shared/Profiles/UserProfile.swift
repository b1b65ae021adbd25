public import Events

/// What Freshet knows of one user: a fold of the user's activity.
public struct UserProfile: Hashable, Sendable {
    /// How many events have been folded in; grows by one with each.
    public var revision: UInt64
    /// The earliest event time.
    public var firstSeen: Timestamp
    /// The latest event time.
    public var lastSeen: Timestamp
    /// The moment at which a unit of affinity mass weighs one.
    public var landmark: Timestamp
    /// Affinity per category.
    public var categories: AffinityTable
    /// Affinity per tag.
    public var tags: AffinityTable
    /// Affinity per creator.
    public var creators: AffinityTable
    /// What the user did with each item.
    public var items: [String: ItemSignal]
    /// Beside ``items``; not part of the value.
    var oldestItems = OldestItems()
    /// How many events there were of each type.
    public var counters: [EventType: Int]
    /// How many sessions there were.
    public var sessions: Int
    /// The start of the latest session.
    public var latestSession: Timestamp
    /// The sum of the values of all purchases.
    public var purchaseValue: Double
    /// The event time of the latest purchase.
    public var lastPurchase: Timestamp?
    /// The segments that the user is in.
    public var segments = ProfileSegments()

    /// The profile of a user whose first event is at `time`.
    public init(firstEventAt time: Timestamp) {
        revision = 0
        (firstSeen, lastSeen, landmark) = (time, time, time)
        (categories, tags, creators) = (AffinityTable(), AffinityTable(), AffinityTable())
        (items, counters) = ([:], [:])
        (sessions, latestSession) = (0, Timestamp(milliseconds: .min))
        (purchaseValue, lastPurchase) = (0, nil)
    }
}

extension UserProfile {
    /// Recency, frequency and monetary value of the user's purchases.
    public struct RFM: Hashable, Sendable {
        /// Days since the latest purchase; `nil` without one.
        public var recencyDays: Double?
        /// The number of purchases.
        public var frequency: Int
        /// The sum of their values.
        public var monetary: Double

        /// Creates figures.
        public init(recencyDays: Double?, frequency: Int, monetary: Double) {
            self.recencyDays = recencyDays
            self.frequency = frequency
            self.monetary = monetary
        }
    }

    /// The RFM figures as of `now`.
    public func rfm(now: Timestamp) -> RFM {
        RFM(
            recencyDays: lastPurchase.map { Double(now.milliseconds - $0.milliseconds) / 86_400_000 },
            frequency: counters[.purchase] ?? 0,
            monetary: purchaseValue
        )
    }

    /// The affinities of `table` as of `time`: (liked − disliked) decayed to that moment, the strongest first.
    public func affinities(
        _ table: KeyPath<UserProfile, AffinityTable>,
        at time: Timestamp,
        policy: ProfilePolicy
    ) -> [(name: String, affinity: Double)] {
        let scale = policy.scale(at: landmark, relativeTo: time)
        return self[keyPath: table].masses
            .map { (name: $0.key, affinity: $0.value.liked * scale - $0.value.disliked * scale) }
            .sorted { left, right in
                guard left.affinity == right.affinity else { return left.affinity > right.affinity }
                return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
            }
    }
}
