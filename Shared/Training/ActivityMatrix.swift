public import Events
import Recommenders
import Scoring

/// Who did what with which item, folded from `activity`: for each kind of signal Σ strength · 2^(−age / half-life).
///
/// Sums are kept as of their latest event, so events may arrive in any order. Each user has a fence: copies that the stream
/// processor emitted again count once. Beside the sums stand the latest visits, from which sessions are learned, and what
/// was shown and clicked of each published version.
///
/// Compact: 16 bytes for a pair of item and kind, 12 for a visit, in sorted arrays. ``TrainingPlan/Limits`` bounds it all.
public struct ActivityMatrix: Sendable, Equatable {
    /// What one user did with one item, in one way.
    struct Entry: Sendable, Equatable {
        /// The item's index times 8, and the kind's number; ``against`` stands for an opinion against the item.
        var key: UInt32
        /// The decayed sum of strengths as of ``time``; 0 for an opinion against the item.
        var sum: Float
        /// The latest event time, in milliseconds.
        var time: Int64

        static let against: UInt32 = 7

        var item: Int { Int(key >> 3) }
        /// `nil` for an opinion against the item.
        var kind: SignalKind? { SignalKind(rawValue: UInt8(key & 7)) }
    }

    /// One positive signal of a session; times in seconds.
    struct Visit: Sendable, Equatable {
        var item: UInt32
        var time: UInt32
        /// When the session began.
        var session: UInt32
    }

    /// One user's row.
    struct Row: Sendable, Equatable {
        var fence = CompactFence()
        /// Ascending by key.
        var entries: [Entry] = []
        /// Ascending by time.
        var visits: [Visit] = []
        /// The latest event time.
        var newest = Int64.min
    }

    /// The most items that the keys of entries have room for.
    static let mostItems = 1 << 29

    private(set) var users: [UserKey: Int32] = [:]
    private(set) var keys: [UserKey] = []
    private(set) var rows: [Row] = []
    /// The items' ids by index.
    public private(set) var itemIDs: [String] = []
    private var itemIndex: [String: UInt32] = [:]
    private(set) var lanes = FenceLanes()
    /// What was shown and clicked of each version of the models.
    public internal(set) var clicks = ClickCounts()
    /// Activities folded in, including those that say nothing about items.
    public private(set) var applied: UInt64 = 0
    /// Copies that a fence held back.
    public private(set) var fenced: UInt64 = 0
    /// Activities that changed an entry since the start; what training waits for.
    public private(set) var changes: UInt64 = 0
    /// The latest event time of all that says something about an item.
    public private(set) var newest = Int64.min

    /// Creates an empty matrix.
    public init() {}

    init(
        restoring rows: [(key: UserKey, row: Row)],
        itemIDs: [String],
        lanes: FenceLanes,
        clicks: ClickCounts,
        applied: UInt64,
        changes: UInt64
    ) {
        self.itemIDs = itemIDs
        self.lanes = lanes
        self.clicks = clicks
        self.applied = applied
        self.changes = changes
        for (index, id) in itemIDs.enumerated() { itemIndex[id] = UInt32(truncatingIfNeeded: index) }
        keep(rows)
    }

    /// How many users have a row.
    public var userCount: Int { rows.count }
    /// How many pairs of item and kind are kept, opinions against items included.
    public var entryCount: Int { rows.reduce(0) { $0 + $1.entries.count } }

    /// About how many bytes this takes, room that is reserved included.
    public var bytes: Int {
        let arrayHeader = 32
        var bytes = rows.capacity * MemoryLayout<Row>.stride + keys.capacity * MemoryLayout<UserKey>.stride
        bytes += users.capacity * (MemoryLayout<UserKey>.stride + MemoryLayout<Int32>.stride + 1)
        bytes += itemIDs.capacity * MemoryLayout<String>.stride + itemIndex.capacity * 21
        // Texts of up to 15 bytes stand within the String.
        for key in keys where key.rawValue.utf8.count > 15 { bytes += arrayHeader + key.rawValue.utf8.count }
        for id in itemIDs where id.utf8.count > 15 { bytes += arrayHeader + id.utf8.count }
        for row in rows {
            bytes += arrayHeader + row.entries.capacity * MemoryLayout<Entry>.stride
            if row.visits.capacity > 0 { bytes += arrayHeader + row.visits.capacity * MemoryLayout<Visit>.stride }
            bytes += row.fence.extraBytes
        }
        return bytes
    }

    /// Folds in one activity, once.
    public mutating func apply(_ activity: Activity, plan: TrainingPlan) {
        guard let lane = lanes.index(of: activity.source) else { return }
        let user = row(of: activity.user)
        guard rows[user].fence.advance(to: activity.source, lane: lane, lanes: lanes) else {
            fenced += 1
            return
        }
        applied += 1
        clicks.count(activity.event)
        let event = activity.event
        guard let itemID = event.itemID else { return }
        let strength = plan.taste.positiveStrength(of: event)
        guard strength != nil || plan.taste.isNegative(event), let item = index(of: itemID) else { return }
        let time = activity.effectiveTime.milliseconds
        if let strength {
            let kind = plan.kind(of: event.type)
            let halfLife = plan.indicator(kind).halfLifeSeconds
            rows[user].add(Float(strength), to: item << 3 | UInt32(kind.rawValue), at: time, halfLifeSeconds: halfLife)
            rows[user].visit(
                Visit(
                    item: item,
                    time: UInt32(clamping: time / 1000),
                    session: UInt32(clamping: activity.session.start.milliseconds / 1000)
                ),
                limit: plan.limits.visitsPerUser
            )
        } else {
            rows[user].add(0, to: item << 3 | Entry.against, at: time, halfLifeSeconds: 1)
        }
        rows[user].cap(at: plan.limits.itemsPerUser)
        rows[user].newest = max(rows[user].newest, time)
        newest = max(newest, time)
        changes += 1
    }

    /// Forgets users without a signal within the window, and beyond the limit those of the oldest signals.
    ///
    /// What a forgotten user's redelivered events say lies outside the window as well.
    public mutating func prune(_ plan: TrainingPlan) {
        var oldest = plan.windowStart(newest: newest)
        if rows.count > plan.limits.users {
            let times = rows.map(\.newest).sorted(by: >)
            oldest = max(oldest, times[plan.limits.users - 1])
        }
        guard oldest > .min, rows.contains(where: { $0.newest < oldest }) else { return }
        keep(zip(keys, rows).compactMap { key, row in row.newest >= oldest ? (key, row) : nil })
    }

    private mutating func keep(_ kept: [(key: UserKey, row: Row)]) {
        keys = kept.map(\.key)
        rows = kept.map(\.row)
        users = [:]
        users.reserveCapacity(keys.count)
        for (index, key) in keys.enumerated() { users[key] = Int32(truncatingIfNeeded: index) }
        newest = rows.lazy.map(\.newest).max() ?? .min
    }

    private mutating func row(of user: UserKey) -> Int {
        if let known = users[user] { return Int(known) }
        users[user] = Int32(truncatingIfNeeded: rows.count)
        keys.append(user)
        rows.append(Row())
        return rows.count - 1
    }

    private mutating func index(of itemID: String) -> UInt32? {
        if let known = itemIndex[itemID] { return known }
        guard itemIDs.count < Self.mostItems else { return nil }
        let index = UInt32(truncatingIfNeeded: itemIDs.count)
        itemIDs.append(itemID)
        itemIndex[itemID] = index
        return index
    }
}

extension ActivityMatrix.Row {
    /// Adds a strength to an entry; sums are as of their latest event.
    fileprivate mutating func add(_ strength: Float, to key: UInt32, at time: Int64, halfLifeSeconds: Double) {
        let place = place(of: key)
        guard place < entries.count, entries[place].key == key else {
            entries.insert(ActivityMatrix.Entry(key: key, sum: strength, time: time), at: place)
            return
        }
        let old = entries[place]
        let ageSeconds = Double(abs(time - old.time)) / 1000
        // The floor is for whole histories; within a sum old strengths fade to nothing.
        let factor = Float(TimeDecay.factor(ageSeconds: ageSeconds, halfLifeSeconds: halfLifeSeconds))
        entries[place].sum = time >= old.time ? old.sum * factor + strength : old.sum + strength * factor
        entries[place].time = max(old.time, time)
    }

    /// Keeps a visit in its place in time, one of several in a row to the same item.
    fileprivate mutating func visit(_ visit: ActivityMatrix.Visit, limit: Int) {
        var place = visits.count
        while place > 0, visits[place - 1].time > visit.time { place -= 1 }
        if place > 0, visits[place - 1].item == visit.item, visits[place - 1].session == visit.session { return }
        visits.insert(visit, at: place)
        if visits.count > limit { visits.removeFirst() }
    }

    /// Drops what was touched longest ago, the larger key first among equals.
    fileprivate mutating func cap(at limit: Int) {
        guard entries.count > limit else { return }
        let oldest = entries.indices.min {
            (entries[$0].time, entries[$1].key) < (entries[$1].time, entries[$0].key)
        }
        if let oldest { entries.remove(at: oldest) }
    }

    private func place(of key: UInt32) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
