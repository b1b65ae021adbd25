import Events
import Recommenders
import Scoring

/// Who liked what, folded from `activity`: r = Σ weight(type) · 2^(−age / half-life) per user and item.
///
/// Sums are kept as of their latest event, so events may arrive in any order. Each user has a fence of its own: copies
/// that the stream processor emitted again count once.
struct ActivityMatrix: Sendable, Equatable {
    /// What one user did with one item.
    struct Cell: Sendable, Equatable {
        /// The decayed sum of positive strengths as of ``time``.
        var sum = 0.0
        /// The latest event time.
        var time: Int64
        /// The user's latest opinion is against the item.
        var isNegative = false
    }

    /// One user's row.
    struct Row: Sendable, Equatable {
        var fence = Fence()
        var cells: [Int32: Cell] = [:]
    }

    private(set) var rows: [UserKey: Row] = [:]
    private(set) var itemIDs: [String] = []
    private var itemIndex: [String: Int32] = [:]
    /// Activities folded in, including those that say nothing about items.
    private(set) var applied: UInt64 = 0
    /// Copies that a fence held back.
    private(set) var fenced: UInt64 = 0
    /// Activities that changed a cell since the start; what training waits for.
    private(set) var changes: UInt64 = 0
    /// The most items kept per user; the latest stay.
    let itemsPerUser: Int

    init(itemsPerUser: Int = 2000) {
        self.itemsPerUser = itemsPerUser
    }

    init(restoring rows: [UserKey: Row], itemIDs: [String], applied: UInt64, changes: UInt64, itemsPerUser: Int) {
        self.init(itemsPerUser: itemsPerUser)
        self.rows = rows
        self.itemIDs = itemIDs
        self.applied = applied
        self.changes = changes
        for (index, id) in itemIDs.enumerated() { itemIndex[id] = Int32(truncatingIfNeeded: index) }
    }

    var cellCount: Int { rows.values.reduce(0) { $0 + $1.cells.count } }

    /// Folds in one activity, once.
    mutating func apply(_ activity: Activity, policy: TastePolicy) {
        guard rows[activity.user]?.fence.covers(activity.source) != true else {
            fenced += 1
            return
        }
        rows[activity.user, default: Row()].fence.advance(to: activity.source)
        applied += 1
        guard let itemID = activity.event.itemID else { return }
        let isNegative = policy.isNegative(activity.event)
        let strength = policy.positiveStrength(of: activity.event)
        guard isNegative || strength != nil else { return }
        let item = index(of: itemID)
        let time = activity.effectiveTime.milliseconds
        rows[activity.user]?.merge(item, strength: strength, time: time, decay: policy.decay)
        rows[activity.user]?.cap(at: itemsPerUser)
        changes += 1
    }

    private mutating func index(of itemID: String) -> Int32 {
        if let known = itemIndex[itemID] { return known }
        let index = Int32(truncatingIfNeeded: itemIDs.count)
        itemIDs.append(itemID)
        itemIndex[itemID] = index
        return index
    }
}

extension ActivityMatrix.Row {
    /// Adds a positive strength, or with `nil` an opinion against the item; the later opinion counts.
    fileprivate mutating func merge(_ item: Int32, strength: Double?, time: Int64, decay: TimeDecay) {
        var cell = cells[item] ?? ActivityMatrix.Cell(time: time)
        let isLater = time >= cell.time
        if let strength {
            let ageSeconds = Double(abs(time - cell.time)) / 1000
            // The floor is for whole histories; within a sum old strengths fade to nothing.
            let factor = TimeDecay.factor(ageSeconds: ageSeconds, halfLifeSeconds: decay.halfLifeSeconds)
            cell.sum = isLater ? cell.sum * factor + strength : cell.sum + strength * factor
        }
        if isLater { cell.isNegative = strength == nil }
        cell.time = max(cell.time, time)
        cells[item] = cell
    }

    /// Drops the items touched longest ago, the larger index first among equals.
    fileprivate mutating func cap(at limit: Int) {
        guard cells.count > limit else { return }
        let oldest = cells.min { ($0.value.time, $1.key) < ($1.value.time, $0.key) }
        if let oldest { cells[oldest.key] = nil }
    }
}
