public import Events

/// The list that the scorer has computed for a user.
public struct RecommendationList: Hashable, Sendable {
    /// One recommended item.
    public struct Entry: Hashable, Sendable {
        /// The item.
        public var itemID: String
        /// The score that ranks it; comparable within the list only.
        public var score: Float
        /// The recommender that proposed it, such as `als`.
        public var source: String
        /// Why it is there, when there is an item that explains it.
        public var reason: Reason?

        /// Creates an entry.
        public init(itemID: String, score: Float, source: String, reason: Reason? = nil) {
            self.itemID = itemID
            self.score = score
            self.source = source
            self.reason = reason
        }
    }

    /// The item of the user's history that speaks most for an entry.
    public struct Reason: Hashable, Sendable {
        /// What the user did with it, such as `because_you_viewed`.
        public var type: String
        /// The item of the history.
        public var itemID: String

        /// Creates a reason.
        public init(type: String, itemID: String) {
            self.type = type
            self.itemID = itemID
        }
    }

    /// The revision of the profile it was computed from.
    public var profileRevision: UInt64
    /// The version of the model it was computed with; 0 before the first model.
    public var modelVersion: UInt64
    /// When it was computed.
    public var computedAt: Timestamp
    /// Best first.
    public var entries: [Entry]

    /// Creates a list.
    public init(profileRevision: UInt64, modelVersion: UInt64, computedAt: Timestamp, entries: [Entry]) {
        self.profileRevision = profileRevision
        self.modelVersion = modelVersion
        self.computedAt = computedAt
        self.entries = entries
    }
}
