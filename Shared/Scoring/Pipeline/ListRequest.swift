public import Events
public import Profiles

/// For whom a list is made, and all that it depends on beside the bundle.
public struct ListRequest: Sendable {
    /// The user; decides only what is drawn by lot.
    public var user: UserKey
    /// What is known of the user.
    public var profile: UserProfile
    /// Under which names what is popular is looked up, the nearest first, such as `segment:3` or `country:GB`.
    public var contexts: [String]
    /// The user's segment, for a ranker.
    public var segment: Int?
    /// What many users look at now, with indices of the pipeline.
    public var trends: Trends
    /// The moment that ages count from.
    public var now: Timestamp

    /// Creates a request.
    public init(
        user: UserKey,
        profile: UserProfile,
        contexts: [String] = [],
        segment: Int? = nil,
        trends: Trends = Trends(),
        now: Timestamp
    ) {
        self.user = user
        self.profile = profile
        self.contexts = contexts
        self.segment = segment
        self.trends = trends
        self.now = now
    }

    /// Where random numbers start: the same for the same revision of the same user's profile.
    var seed: UInt64 {
        // FNV-1a
        var hash = user.rawValue.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        hash = (hash ^ profile.revision) &* 0x9E37_79B9_7F4A_7C15
        return hash ^ hash >> 32
    }
}
