/// When a session ends and how long a client retry is recognised.
public struct SessionPolicy: Hashable, Sendable {
    /// Inactivity, by event time, that ends a session, in milliseconds (30 minutes unless told).
    public var inactivityMilliseconds: Int64
    /// How long after its arrival an event id is remembered, in milliseconds (24 hours unless told).
    public var retryWindowMilliseconds: Int64
    /// The most event ids remembered per user; the newest stay.
    public var maximumSeenEvents: Int

    /// Creates a policy.
    public init(
        inactivityMilliseconds: Int64 = 30 * 60 * 1000,
        retryWindowMilliseconds: Int64 = 24 * 60 * 60 * 1000,
        maximumSeenEvents: Int = 4096
    ) {
        self.inactivityMilliseconds = inactivityMilliseconds
        self.retryWindowMilliseconds = retryWindowMilliseconds
        self.maximumSeenEvents = maximumSeenEvents
    }
}
