/// A validated, deduplicated, sessionised and enriched event: the value of the `activity` topic.
public struct Activity: Hashable, Sendable {
    /// The event as the app sent it.
    public var event: Event
    /// Whose it is; the record's key.
    public var user: UserKey
    /// Where the event stands in its source topic; in the record's headers.
    public var source: SourceCoordinates
    /// When Freshet received it: the collector's clock, else the record's timestamp.
    ///
    /// "Now" for every verdict.
    public var receivedAt: Timestamp
    /// The session the event belongs to.
    public var session: Session
    /// The catalog's facts about the item; `nil` when the item is not in the catalog.
    public var item: ItemFacts?
    /// Whether the event was already very old when it arrived (see ``EventLimits``).
    public var isOld: Bool

    /// Creates an activity.
    public init(
        event: Event,
        user: UserKey,
        source: SourceCoordinates,
        receivedAt: Timestamp,
        session: Session,
        item: ItemFacts? = nil,
        isOld: Bool = false
    ) {
        self.event = event
        self.user = user
        self.source = source
        self.receivedAt = receivedAt
        self.session = session
        self.item = item
        self.isOld = isOld
    }

    /// When it counts as having happened: the event's own time, but never after ``receivedAt``.
    public var effectiveTime: Timestamp { min(event.timestamp, receivedAt) }
}

extension Activity {
    /// The session an event belongs to.
    public struct Session: Hashable, Sendable {
        /// A function of user and start.
        public var id: String
        /// The event time of the session's first event.
        public var start: Timestamp

        /// Creates a session.
        public init(id: String, start: Timestamp) {
            self.id = id
            self.start = start
        }
    }

    /// What profiles need to know of an item.
    public struct ItemFacts: Hashable, Sendable {
        /// Category names.
        public var categories: [String]
        /// Tags.
        public var tags: [String]
        /// Author, artist, brand or seller.
        public var creator: String?

        /// Creates facts.
        public init(categories: [String] = [], tags: [String] = [], creator: String? = nil) {
            self.categories = categories
            self.tags = tags
            self.creator = creator
        }
    }
}
