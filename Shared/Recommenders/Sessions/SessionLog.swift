/// Sessions of clicks: who looked at what, one after the other.
///
/// Immutable. Items are indices from zero. Sessions are stored back to back.
public struct SessionLog: Hashable, Sendable {
    /// One click of a session.
    public struct Click: Hashable, Sendable {
        /// The item's index.
        public var item: Int
        /// When, in seconds since some epoch; finite.
        public var seconds: Double

        /// Creates a click.
        public init(item: Int, seconds: Double) {
            self.item = item
            self.seconds = seconds
        }
    }

    /// How many items there are, items that nobody clicked included.
    public let itemCount: Int
    /// Where each session begins in ``clicks``, and at the end where the last one ends.
    public let offsets: [Int]
    /// The clicks of all sessions, oldest first within each.
    public let clicks: [Click]

    /// Stores sessions, each sorted by time, ties in the given order; empty ones are left out.
    ///
    /// Throws `indexOutOfRange`, `invalidWeight` for a time that is not finite, or `emptyMatrix` when nothing is left.
    public init(itemCount: Int, sessions: [[Click]]) throws(RecommenderError) {
        var offsets = [0]
        var clicks: [Click] = []
        for session in sessions where !session.isEmpty {
            for click in session {
                guard (0..<itemCount).contains(click.item) else {
                    throw RecommenderError(.indexOutOfRange, "item \(click.item) of \(itemCount)")
                }
                guard click.seconds.isFinite else { throw RecommenderError(.invalidWeight, "time \(click.seconds)") }
            }
            let ordered = session.enumerated()
                .sorted { ($0.element.seconds, $0.offset) < ($1.element.seconds, $1.offset) }
            clicks.append(contentsOf: ordered.lazy.map(\.element))
            offsets.append(clicks.count)
        }
        guard !clicks.isEmpty else { throw RecommenderError(.emptyMatrix, "no session with a click") }
        self.itemCount = itemCount
        self.offsets = offsets
        self.clicks = clicks
    }

    /// How many sessions there are.
    public var count: Int { offsets.count - 1 }

    /// The clicks of one session, oldest first.
    public subscript(session: Int) -> ArraySlice<Click> { clicks[offsets[session]..<offsets[session + 1]] }
}
