import Glibc

/// Past sessions, oldest first, and for each item the newest sessions that contain it.
///
/// A session's number is its place in the order of time, so that comparing two numbers tells which one is newer. Grows at
/// the newest end in time proportional to what is added (see ``PostingBlocks``).
struct SessionIndex: Sendable {
    private(set) var itemCount: Int
    /// Where each session's items begin in ``items``, and at the end where the last one's end.
    private(set) var offsets: [Int] = [0]
    /// The distinct items of all sessions, ascending within each.
    private(set) var items: [Int32] = []
    /// For each of ``items`` the place of the last click on it in its session, from 0.
    private(set) var places: [Int32] = []
    /// When each session's last click was, and its place among sessions of the same second.
    private(set) var times: [Time] = []
    /// For each item the sessions of the index that contain it, oldest first, the newest ones only.
    private(set) var postings: PostingBlocks
    /// For each item the logarithm of how many sessions of the index contain it, old ones included.
    private(set) var logCounts: [Float]
    /// How many pairs of session and item the index has.
    private(set) var pairCount = 0
    /// Sessions with more distinct items are kept, but not in the postings.
    private(set) var longestLength = 0
    /// How many sessions were ever added, those that were forgotten included.
    private(set) var seenCount: Int

    private let policy: Policy
    /// For each item how many sessions of the index contain it, old ones included.
    private(set) var counts: [Int32]
    /// How many sessions have each number of distinct items.
    private var lengthCounts: [Int] = []

    /// What is kept.
    struct Policy: Hashable, Sendable {
        /// How many of an item's newest sessions are in its postings.
        var recentSessions: Int
        /// Sessions with more distinct items than this share of all sessions are not in the postings.
        var lengthQuantile: Double
        /// The order of sessions that end in the same second.
        var ties: SessionTieOrder
        /// How many sessions are kept, the newest.
        var mostSessions: Int
        /// How long before the newest session a session that is kept may have ended.
        var maximumAgeDays: Double?
    }

    /// When a session ended; `order` decides among equal seconds.
    struct Time: Hashable, Sendable, Comparable {
        var seconds: Double
        var order: UInt64
        /// The place of the session in all the logs that the index has seen.
        var ordinal: Int

        static func < (left: Time, right: Time) -> Bool {
            (left.seconds, left.order, left.ordinal) < (right.seconds, right.order, right.ordinal)
        }
    }

    /// A session that is not yet in the index.
    struct Entry: Sendable {
        var time: Time
        /// Distinct and ascending.
        var items: [Int32] = []
        /// For each item the place of the last click on it in the session, from 0.
        var places: [Int32] = []
    }

    init(itemCount: Int, policy: Policy, seenCount: Int = 0) {
        self.itemCount = itemCount
        self.policy = policy
        self.seenCount = seenCount
        postings = PostingBlocks(listCount: itemCount, capacity: policy.recentSessions)
        logCounts = [Float](repeating: 0, count: itemCount)
        counts = [Int32](repeating: 0, count: itemCount)
    }

    var sessionCount: Int { times.count }

    /// Where the items of a session stand in ``items`` and ``places``.
    @inline(__always)
    func range(of session: Int) -> Range<Int> { offsets[session]..<offsets[session + 1] }

    /// Adds sessions; whatever their times, the result is the same as of an index made from all sessions at once.
    ///
    /// Appends where all of them are newer than those of the index, none are forgotten and the longest length stays what it
    /// is; otherwise the index is built anew.
    mutating func add(_ log: SessionLog, _ context: FitContext) throws(RecommenderError) {
        guard log.count <= Int(Int32.max) - sessionCount else {
            throw RecommenderError(.indexOutOfRange, "more than \(Int32.max) sessions")
        }
        let entries = try newEntries(log, context)
        seenCount += log.count
        insert(entries, itemCount: log.itemCount)
        context.progress(1)
    }

    /// Adds sessions in any order.
    mutating func insert(_ entries: [Entry], itemCount newItemCount: Int) {
        var entries = entries.sorted { $0.time < $1.time }
        if let remembered = remembered(with: entries) {
            entries = remembered
            lengthCounts = []
            clear()
        }
        for entry in entries {
            if lengthCounts.count <= entry.items.count {
                lengthCounts.append(contentsOf: repeatElement(0, count: entry.items.count + 1 - lengthCounts.count))
            }
            lengthCounts[entry.items.count] += 1
        }
        let longest = longestLengthNow(sessions: sessionCount + entries.count)
        itemCount = max(itemCount, newItemCount)
        if let last = times.last, let first = entries.first, longest != longestLength || first.time < last {
            entries = self.entries + entries
            entries.sort { $0.time < $1.time }
            clear()
        }
        longestLength = longest
        grow()
        for entry in entries { append(entry) }
        postings.compact()
    }

    /// Those that are left of all sessions, oldest first; `nil` where none are to be forgotten.
    private func remembered(with added: [Entry]) -> [Entry]? {
        let ends = [times.first, times.last, added.first?.time, added.last?.time].compactMap { $0?.seconds }
        guard let oldest = ends.min(), let newest = ends.max() else { return nil }
        let longestAge = policy.maximumAgeDays.map { $0 * 86_400 } ?? .infinity
        guard newest - oldest > longestAge || sessionCount + added.count > policy.mostSessions else { return nil }
        let all = (entries + added).filter { newest - $0.time.seconds <= longestAge }
        return all.sorted { $0.time < $1.time }.suffix(policy.mostSessions)
    }

    /// All sessions, oldest first.
    var entries: [Entry] {
        (0..<sessionCount).map {
            Entry(time: times[$0], items: Array(items[range(of: $0)]), places: Array(places[range(of: $0)]))
        }
    }

    private func newEntries(_ log: SessionLog, _ context: FitContext) throws(RecommenderError) -> [Entry] {
        var entries: [Entry] = []
        entries.reserveCapacity(log.count)
        for session in 0..<log.count {
            if session % 65_536 == 0 { try context.checkCancellation() }
            let clicks = log[session]
            let time = time(seconds: clicks.last?.seconds ?? 0, ordinal: seenCount + session)
            var entry = Entry(time: time)
            let clicked = clicks.enumerated().map { (item: $1.item, place: $0) }
            for (item, place) in clicked.sorted(by: { ($0.item, $0.place) < ($1.item, $1.place) }) {
                let (item, place) = (Int32(truncatingIfNeeded: item), Int32(truncatingIfNeeded: place))
                if entry.items.last == item {
                    entry.places[entry.places.count - 1] = place
                } else {
                    entry.items.append(item)
                    entry.places.append(place)
                }
            }
            entries.append(entry)
        }
        return entries
    }

    /// When a session ended, with its place among those of the same second.
    func time(seconds: Double, ordinal: Int) -> Time {
        guard case .seeded(let seed) = policy.ties else { return Time(seconds: seconds, order: 0, ordinal: ordinal) }
        var random = RandomSource(seed: seed &+ UInt64(ordinal) &* 0x9E37_79B9_7F4A_7C15)
        return Time(seconds: seconds, order: random.next(), ordinal: ordinal)
    }

    /// The smallest length that at least the wanted share of sessions does not exceed.
    private func longestLengthNow(sessions: Int) -> Int {
        let wanted = (policy.lengthQuantile * Double(sessions)).rounded(.up)
        var covered = 0
        for (length, count) in lengthCounts.enumerated() {
            covered += count
            if Double(covered) >= wanted { return length }
        }
        return lengthCounts.count - 1
    }

    private mutating func clear() {
        let lengths = lengthCounts
        self = SessionIndex(itemCount: itemCount, policy: policy, seenCount: seenCount)
        lengthCounts = lengths
    }

    private mutating func grow() {
        postings.grow(to: itemCount)
        let added = itemCount - counts.count
        guard added > 0 else { return }
        counts.append(contentsOf: repeatElement(0, count: added))
        logCounts.append(contentsOf: repeatElement(0, count: added))
    }

    private mutating func append(_ entry: Entry) {
        let session = Int32(truncatingIfNeeded: sessionCount)
        times.append(entry.time)
        items.append(contentsOf: entry.items)
        places.append(contentsOf: entry.places)
        offsets.append(items.count)
        guard entry.items.count <= longestLength else { return }
        for item in entry.items {
            postings.append(session, to: Int(item))
            counts[Int(item)] += 1
            logCounts[Int(item)] = Float(log(Double(counts[Int(item)])))
        }
        pairCount += entry.items.count
    }
}

extension SessionIndex: Hashable {
    static func == (left: SessionIndex, right: SessionIndex) -> Bool {
        left.itemCount == right.itemCount && left.policy == right.policy && left.offsets == right.offsets
            && left.items == right.items && left.places == right.places && left.times == right.times
            && left.counts == right.counts
            && left.longestLength == right.longestLength && left.postings == right.postings
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(itemCount)
        hasher.combine(policy)
        hasher.combine(items)
    }
}
