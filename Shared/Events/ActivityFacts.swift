/// What shapes profiles and counts of an ``Activity``: a tenth of its size, so that a batch is cheap to hold.
public struct ActivityFacts: Hashable, Sendable {
    /// Whose it is.
    public var user: UserKey
    /// Where the event stands in its source topic.
    public var source: SourceCoordinates
    /// What happened.
    public var type: EventType
    /// The item it happened to.
    public var itemID: String?
    /// The items shown; impressions only.
    public var items: [String]
    /// A rating in stars, a price, a dwell time in seconds: the type says which.
    public var value: Double?
    /// When Freshet received it.
    public var receivedAt: Timestamp
    /// When it counts as having happened, see ``Activity/effectiveTime``.
    public var effectiveTime: Timestamp
    /// The start of the session it belongs to.
    public var sessionStart: Timestamp
    /// The catalog's facts about the item; `nil` when the item is not in the catalog.
    public var item: Activity.ItemFacts?
    /// The properties of an event in which users declare something (`preferences`, `identify`); `nil` for all others.
    public var declared: [UInt8]?

    /// Whether users declare something in the properties of such events.
    static func declares(_ type: EventType) -> Bool { type == .preferences || type == .identify }

    /// The facts of a whole activity.
    public init(_ activity: Activity) {
        self.init(
            user: activity.user,
            source: activity.source,
            type: activity.event.type,
            itemID: activity.event.itemID,
            items: activity.event.items,
            value: activity.event.value,
            receivedAt: activity.receivedAt,
            effectiveTime: activity.effectiveTime,
            sessionStart: activity.session.start,
            item: activity.item,
            declared: Self.declares(activity.event.type) ? activity.event.properties : nil
        )
    }

    init(
        user: UserKey,
        source: SourceCoordinates,
        type: EventType,
        itemID: String?,
        items: [String],
        value: Double?,
        receivedAt: Timestamp,
        effectiveTime: Timestamp,
        sessionStart: Timestamp,
        item: Activity.ItemFacts?,
        declared: [UInt8]?
    ) {
        self.user = user
        self.source = source
        self.type = type
        self.itemID = itemID
        self.items = items
        self.value = value
        self.receivedAt = receivedAt
        self.effectiveTime = effectiveTime
        self.sessionStart = sessionStart
        self.item = item
        self.declared = declared
    }
}
