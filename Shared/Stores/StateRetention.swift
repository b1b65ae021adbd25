/// How long per-user state lives after its last change.
///
/// A fence must outlive the retention of the topics that it fences (seven days by default).
public struct StateRetention: Hashable, Sendable {
    /// Seconds that a profile is kept (a year unless told).
    public var profileSeconds: Int
    /// Seconds that a stream state is kept (30 days unless told).
    public var streamSeconds: Int
    /// Seconds that event ids are kept (a day and an hour unless told).
    public var seenSeconds: Int
    /// Seconds that a list of recommendations is kept (30 days unless told).
    public var recommendationSeconds: Int

    /// Creates a retention.
    public init(
        profileSeconds: Int = 365 * 86_400,
        streamSeconds: Int = 30 * 86_400,
        seenSeconds: Int = 25 * 3600,
        recommendationSeconds: Int = 30 * 86_400
    ) {
        self.profileSeconds = profileSeconds
        self.streamSeconds = streamSeconds
        self.seenSeconds = seenSeconds
        self.recommendationSeconds = recommendationSeconds
    }
}
