public import Events

/// The event ids that a user's apps have sent lately, so that a client's retry is told from a new event.
///
/// Ids are kept as 64-bit hashes in order of arrival. The list grows by appending, so that a store can append too;
/// now and then it is trimmed to the newest ``SessionPolicy/maximumSeenEvents`` that are within the retry window.
public struct SeenEvents: Hashable, Sendable {
    /// One remembered event.
    public struct Entry: Hashable, Sendable {
        /// The hash of topic and event id.
        public var hash: UInt64
        /// When it arrived, in seconds since 1970.
        public var arrival: UInt32

        /// Creates an entry.
        public init(hash: UInt64, arrival: UInt32) {
            self.hash = hash
            self.arrival = arrival
        }
    }

    /// In order of arrival.
    public private(set) var entries: [Entry]
    /// How many entries the store has in the same order; `nil` once a trim has changed the front.
    public private(set) var storedCount: Int?
    /// How many entries were dropped within the retry window because there were too many.
    public private(set) var overflow = 0
    /// When each hash arrived last; `nil` while there are so few that it is quicker to look through all of them.
    private var arrivals: [UInt64: UInt32]?
    private static let smallestTrimmed = 16
    private static let smallestTable = 32

    /// Creates the list that a store holds.
    public init(stored entries: [Entry] = []) {
        self.entries = entries
        storedCount = entries.count
        arrivals = Self.table(of: entries)
    }

    private static func table(of entries: [Entry]) -> [UInt64: UInt32]? {
        guard entries.count >= smallestTable else { return nil }
        return Dictionary(entries.map { ($0.hash, $0.arrival) }) { _, later in later }
    }

    private func arrival(of hash: UInt64) -> UInt32? {
        guard let arrivals else { return entries.last { $0.hash == hash }?.arrival }
        return arrivals[hash]
    }

    /// The hash of an event id in a topic.
    public static func hash(eventID: String, topic: SignalTopic) -> UInt64 {
        var hash = FNV1a()
        hash.combine(topic.rawValue)
        hash.combine(eventID.utf8)
        return hash.value
    }

    /// Whether `hash` arrived within the retry window before `now`.
    public func contains(_ hash: UInt64, now: Timestamp, policy: SessionPolicy) -> Bool {
        guard let arrival = arrival(of: hash) else { return false }
        return now.milliseconds - Int64(arrival) * 1000 <= policy.retryWindowMilliseconds
    }

    /// Remembers `hash`, which arrived at `now`.
    public mutating func insert(_ hash: UInt64, now: Timestamp, policy: SessionPolicy) {
        let arrival = UInt32(clamping: now.milliseconds / 1000)
        entries.append(Entry(hash: hash, arrival: arrival))
        if arrivals == nil { arrivals = Self.table(of: entries) } else { arrivals?[hash] = arrival }
        // A quarter of slack, so that trimming, which rewrites the stored list, stays rare.
        if entries.count > policy.maximumSeenEvents + policy.maximumSeenEvents / 4 || isHalfExpired(now, policy) {
            trim(now: now, policy: policy)
        }
    }

    /// Whether most of a list that is worth trimming has left the retry window: who comes every day keeps a day's ids.
    private func isHalfExpired(_ now: Timestamp, _ policy: SessionPolicy) -> Bool {
        guard entries.count >= Self.smallestTrimmed else { return false }
        let middle = Int64(entries[entries.count / 2].arrival) * 1000
        return now.milliseconds - middle > policy.retryWindowMilliseconds
    }

    /// Says that the store now holds exactly these entries.
    public mutating func markStored() {
        storedCount = entries.count
        overflow = 0
    }

    private mutating func trim(now: Timestamp, policy: SessionPolicy) {
        let oldest = (now.milliseconds - policy.retryWindowMilliseconds) / 1000
        let alive = entries.filter { Int64($0.arrival) >= oldest }
        overflow += max(0, alive.count - policy.maximumSeenEvents)
        entries = Array(alive.suffix(policy.maximumSeenEvents))
        arrivals = Self.table(of: entries)
        storedCount = nil
    }
}
