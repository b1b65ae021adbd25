public import Events
public import Profiles

/// For whom a list is made, and all that it depends on beside the bundle.
public struct ListRequest: Sendable {
    /// The user; decides only what is drawn by lot.
    public var user: UserKey
    /// What is known of the user.
    public var profile: UserProfile
    /// Under which names what is popular is looked up, the nearest first, such as `segment:cluster-3` or `country:GB`.
    public var contexts: [String]
    /// The user's segment, for a ranker.
    public var segment: Int?
    /// What many users look at now, with indices of the pipeline.
    public var trends: Trends
    /// The moment that ages count from.
    public var now: Timestamp

    /// Creates a request; contexts and segment are those of the profile unless others are given.
    public init(
        user: UserKey,
        profile: UserProfile,
        contexts: [String]? = nil,
        trends: Trends = Trends(),
        now: Timestamp
    ) {
        self.user = user
        self.profile = profile
        self.contexts = contexts ?? profile.segments.memberships.map(Self.context)
        segment =
            profile.segments.memberships.lazy
            .compactMap { if case .cluster(let number) = $0 { number } else { nil } }.first
        self.trends = trends
        self.now = now
    }

    /// Under which name what is popular in a segment is looked up.
    public static func context(of segment: SegmentKey) -> String { "segment:\(segment)" }

    /// Where random numbers start: the same for the same revision of the same user's profile.
    var seed: UInt64 {
        // FNV-1a
        var hash = user.rawValue.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        hash = (hash ^ profile.revision) &* 0x9E37_79B9_7F4A_7C15
        return hash ^ hash >> 32
    }
}
