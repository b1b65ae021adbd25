public import Events

/// A session that may still go on.
public struct OpenSession: Hashable, Sendable {
    /// The event time of its first event; the session's id is derived from it, so it never moves.
    public var start: Timestamp
    /// The latest event time seen in it.
    public var lastEvent: Timestamp

    /// Creates a session.
    public init(start: Timestamp, lastEvent: Timestamp) {
        self.start = start
        self.lastEvent = lastEvent
    }

    /// Whether an event at `time` belongs to this session: within the inactivity gap of either end.
    func includes(_ time: Timestamp, policy: SessionPolicy) -> Bool {
        let gap = policy.inactivityMilliseconds
        return time.milliseconds >= start.milliseconds - gap && time.milliseconds <= lastEvent.milliseconds + gap
    }
}

extension Activity.Session {
    /// The session of `user` that starts at `start`.
    ///
    /// The id is a function of both, so a replay, or another worker, finds the same one.
    public init(user: UserKey, start: Timestamp) {
        var hash = FNV1a()
        hash.combine(user.rawValue.utf8)
        hash.combine(UInt64(bitPattern: start.milliseconds))
        let digits = String(hash.value, radix: 16)
        self.init(id: "s" + String(repeating: "0", count: 16 - digits.count) + digits, start: start)
    }
}
