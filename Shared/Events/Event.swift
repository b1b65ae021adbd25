/// One thing a user did, as an app sent it.
///
/// Field names in JSON follow the Segment specification where it has one; `docs/events.md` and
/// `event.schema.json` describe the wire format.
public struct Event: Hashable, Sendable {
    /// The client's id of this event; the same id in the same topic within 24 hours is a client retry.
    public var eventID: String
    /// What happened.
    public var type: EventType
    /// The known user; required when `anonymousID` is absent.
    public var userID: String?
    /// The visitor's device or cookie id.
    public var anonymousID: String?
    /// The session as the client counts it.
    public var sessionID: String?
    /// The item it happened to.
    public var itemID: String?
    /// The items shown, in order of position; impressions only.
    public var items: [String]
    /// A rating in stars, a price, a dwell time in seconds: the type says which.
    public var value: Double?
    /// When it happened, by the client's clock.
    public var timestamp: Timestamp
    /// Where it happened.
    public var context: Context?
    /// The recommendation it came from.
    public var recommendation: Recommendation?
    /// What the user agreed to.
    public var consent: Consent?
    /// Whatever else the app sends: the bytes of one JSON object, kept as they came.
    public var properties: [UInt8]?

    /// Creates an event; everything optional is absent unless given.
    public init(
        eventID: String,
        type: EventType,
        userID: String? = nil,
        anonymousID: String? = nil,
        sessionID: String? = nil,
        itemID: String? = nil,
        items: [String] = [],
        value: Double? = nil,
        timestamp: Timestamp,
        context: Context? = nil,
        recommendation: Recommendation? = nil,
        consent: Consent? = nil,
        properties: [UInt8]? = nil
    ) {
        self.eventID = eventID
        self.type = type
        self.userID = userID
        self.anonymousID = anonymousID
        self.sessionID = sessionID
        self.itemID = itemID
        self.items = items
        self.value = value
        self.timestamp = timestamp
        self.context = context
        self.recommendation = recommendation
        self.consent = consent
        self.properties = properties
    }

    /// The record key: `userID`, or `~` + `anonymousID` for a visitor without one; `nil` when both are absent.
    public var userKey: UserKey? {
        if let userID { return UserKey(userID: userID) }
        if let anonymousID { return UserKey(anonymousID: anonymousID) }
        return nil
    }
}

extension Event {
    /// Where an event happened.
    public struct Context: Hashable, Sendable {
        /// `mobile`, `tablet`, `desktop`, `tv` or whatever the app says.
        public var device: String?
        /// The operating system.
        public var os: String?
        /// The locale as a BCP 47 tag.
        public var locale: String?
        /// The country as an ISO 3166 code.
        public var country: String?
        /// The page or screen.
        public var page: String?
        /// Where the user came from.
        public var referrer: String?
        /// The place on the page, such as `home`.
        public var placement: String?

        /// Creates an empty context.
        public init() {}
    }

    /// The recommendation that led to an event.
    public struct Recommendation: Hashable, Sendable {
        /// The server's request id.
        public var requestID: String?
        /// The item's position in the list, from 0.
        public var position: Int?
        /// The recommender that proposed it.
        public var source: String?
        /// The policy that chose it.
        public var policy: String?
        /// The probability with which the policy chose it, in (0, 1].
        public var propensity: Double?

        /// Creates an empty recommendation.
        public init() {}
    }

    /// What the user agreed to.
    public struct Consent: Hashable, Sendable {
        /// Whether events may shape recommendations.
        public var personalization: Bool?
        /// Whether events may be counted.
        public var analytics: Bool?

        /// Creates a consent that says nothing.
        public init() {}
    }
}
