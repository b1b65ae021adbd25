public import Events

/// What the stream processor knows of one user: the open session, the books, recent event ids, and the fence.
///
/// A pure function of the events applied so far, in order.
public struct StreamState: Hashable, Sendable {
    /// The session that may still go on.
    public var session: OpenSession?
    /// How many events were passed on to `activity`.
    public var processed: Int
    /// How many events were client retries.
    public var duplicates: Int
    /// Recent event ids.
    public var seen: SeenEvents
    /// The highest offset applied per source partition.
    public var fence: Fence

    /// Creates the state of a user of whom nothing is known.
    public init(
        session: OpenSession? = nil,
        processed: Int = 0,
        duplicates: Int = 0,
        seen: SeenEvents = SeenEvents(),
        fence: Fence = Fence()
    ) {
        self.session = session
        self.processed = processed
        self.duplicates = duplicates
        self.seen = seen
        self.fence = fence
    }
}

/// What becomes of an event.
public enum StreamVerdict: Hashable, Sendable {
    /// New: it belongs to this session.
    case processed(Activity.Session)
    /// A client sent it again.
    case duplicate
}

extension StreamState {
    /// Applies one event that the fence does not cover, and moves the fence.
    ///
    /// - Parameters:
    ///   - source: where the event stands; must not be covered by ``fence``.
    ///   - eventID: the client's id of the event.
    ///   - time: the event's effective time.
    ///   - receivedAt: when it arrived; "now" for the verdict.
    ///   - user: whose state this is.
    ///   - policy: session and retry windows.
    /// - Returns: what becomes of the event.
    public mutating func apply(
        _ source: SourceCoordinates,
        eventID: String,
        time: Timestamp,
        receivedAt: Timestamp,
        user: UserKey,
        policy: SessionPolicy
    ) -> StreamVerdict {
        fence.advance(to: source)
        let hash = SeenEvents.hash(eventID: eventID, topic: source.topic)
        guard !seen.contains(hash, now: receivedAt, policy: policy) else {
            duplicates += 1
            return .duplicate
        }
        seen.insert(hash, now: receivedAt, policy: policy)
        processed += 1
        return .processed(sessionise(time, user: user, policy: policy))
    }

    /// Joins the open session, starts a new one after it, or, for a late event, names the one it stood in by itself.
    private mutating func sessionise(_ time: Timestamp, user: UserKey, policy: SessionPolicy) -> Activity.Session {
        if var open = session, open.includes(time, policy: policy) {
            open.lastEvent = max(open.lastEvent, time)
            session = open
            return Activity.Session(user: user, start: open.start)
        }
        if session.map({ time > $0.lastEvent }) ?? true {
            session = OpenSession(start: time, lastEvent: time)
        }
        return Activity.Session(user: user, start: time)
    }
}
