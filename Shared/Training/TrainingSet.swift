import Events
public import Recommenders
public import Scoring

/// What models are fitted to, taken from an ``ActivityMatrix`` at one moment.
///
/// The order of users is that of their keys, so that the same activities give the same models. Users without a positive
/// signal are left out.
public struct TrainingSet: Sendable {
    /// The items with at least one positive, in the order of their ids' first appearance, then those of the catalog alone.
    public let itemIDs: [String]
    /// The strengths of all kinds together.
    public let matrix: InteractionMatrix
    /// The strengths of each kind that the plan counts and that there are, where the plan has cross-occurrence.
    ///
    /// The same users and items as in ``matrix``.
    public let byKind: [SignalKind: InteractionMatrix]
    /// The newest sessions of at least two visits; `nil` when there is none.
    public let sessions: SessionLog?
    /// The positives of the users of the latest signals, each user's in the order of time; `nil` when nobody has two.
    public let histories: SessionLog?
    /// Weight per item as of the newest signal of all: what is popular with time taken into account.
    public let popularity: [Float]
    /// The times of the oldest and the newest signal, in milliseconds.
    public let window: ClosedRange<Int64>
    /// ``ActivityMatrix/changes`` when it was taken.
    public let changes: UInt64

    /// Takes the positives, those before the `cuts` where there are any; throws `emptyMatrix` when there are none.
    ///
    /// `catalogIDs` are items that are to be known although nobody has used them.
    public init(
        _ source: ActivityMatrix,
        plan: TrainingPlan,
        before cuts: HeldOut.Cuts? = nil,
        catalogIDs: [String] = []
    ) throws(RecommenderError) {
        let oldest = plan.windowStart(newest: source.newest)
        let cuts = cuts ?? HeldOut.Cuts(all: .max)
        var builder = Builder(itemCount: source.itemIDs.count, separatesKinds: plan.models.cco != nil)
        let order = source.keys.indices.sorted {
            source.keys[$0].rawValue.utf8.lexicographicallyPrecedes(source.keys[$1].rawValue.utf8)
        }
        for user in order {
            builder.add(
                PositiveItem.of(source.rows[user], plan: plan, from: oldest, to: cuts[user]),
                plan: plan,
                itemIDs: source.itemIDs
            )
        }
        builder.addUnused(catalogIDs)
        itemIDs = builder.itemIDs
        matrix = try builder.matrix()
        byKind = try builder.matricesByKind()
        popularity = builder.popularity(plan)
        window = builder.oldest...max(builder.oldest, builder.newest)
        sessions = Self.sessions(
            source,
            order,
            columns: builder.columns,
            itemCount: itemIDs.count,
            plan,
            from: oldest,
            to: cuts
        )
        histories = builder.histories(plan)
        changes = source.changes
    }

    /// The kind that cross-occurrence foresees: the strongest in which at least one in twenty users has a part, else the most
    /// common.
    var primaryKind: SignalKind? {
        func users(_ kind: SignalKind) -> Int {
            byKind[kind].map { matrix in (0..<matrix.userCount).count { !matrix.byUser.range(of: $0).isEmpty } } ?? 0
        }
        let order: [SignalKind] = [.conversions, .feedback, .engagement, .views]
        return order.first { users($0) * 20 >= matrix.userCount }
            ?? byKind.max { $0.value.entryCount < $1.value.entryCount }?.key
    }

    /// The newest sessions, of items that have a column.
    private static func sessions(
        _ source: ActivityMatrix,
        _ order: [Int],
        columns: [Int32],
        itemCount: Int,
        _ plan: TrainingPlan,
        from oldest: Int64,
        to cuts: HeldOut.Cuts
    ) -> SessionLog? {
        guard plan.models.sessions != nil else { return nil }
        var found: [(end: UInt32, clicks: [SessionLog.Click])] = []
        for user in order {
            var open: [UInt32: [SessionLog.Click]] = [:]
            let times = min(oldest, cuts[user])..<cuts[user]
            for visit in source.rows[user].visits where times.contains(Int64(visit.time) * 1000) {
                let column = columns[Int(visit.item)]
                guard column >= 0 else { continue }
                open[visit.session, default: []].append(
                    SessionLog.Click(item: Int(column), seconds: Double(visit.time))
                )
            }
            for (_, clicks) in open.sorted(by: { $0.key < $1.key }) where clicks.count > 1 {
                let kept = Array(clicks.suffix(plan.limits.visitsPerSession))
                found.append((UInt32(clamping: Int64(kept[kept.count - 1].seconds)), kept))
            }
        }
        // Stable: sessions that end together stay in the order of their users.
        let newest = found.enumerated().sorted { ($0.element.end, $0.offset) < ($1.element.end, $1.offset) }
            .suffix(plan.limits.sessions)
        return try? SessionLog(itemCount: itemCount, sessions: newest.map(\.element.clicks))
    }
}

/// What a user's row says for one item: the sums of each kind, unless the latest opinion is against it.
struct PositiveItem {
    var item: Int
    var sums: [(kind: SignalKind, sum: Double, time: Int64)]
    var time: Int64

    /// The positives of a row within `from..<to`, in the order of items.
    static func of(_ row: ActivityMatrix.Row, plan: TrainingPlan, from: Int64, to: Int64) -> [PositiveItem] {
        var found: [PositiveItem] = []
        var index = 0
        while index < row.entries.count {
            let item = row.entries[index].item
            var positive = PositiveItem(item: item, sums: [], time: .min)
            var against = Int64.min
            while index < row.entries.count, row.entries[index].item == item {
                let entry = row.entries[index]
                index += 1
                guard entry.time >= from, entry.time < to else { continue }
                if let kind = entry.kind {
                    positive.time = max(positive.time, entry.time)
                    if plan.indicator(kind).weight > 0 {
                        positive.sums.append((kind, Double(entry.sum), entry.time))
                    }
                } else {
                    against = max(against, entry.time)
                }
            }
            // At the same moment the opinion against the item counts.
            if !positive.sums.isEmpty, positive.time > against { found.append(positive) }
        }
        return found
    }
}

/// Collects rows, one user after the other.
private struct Builder {
    var columns: [Int32]
    var itemIDs: [String] = []
    var oldest = Int64.max
    var newest = Int64.min
    private var interactions: [Interaction] = []
    private var kinds: [SignalKind: [Interaction]] = [:]
    private var latest: [(column: Int32, time: Int64)] = []
    private var users = 0
    private var ordered: [(end: Int64, clicks: [SessionLog.Click])] = []

    private let separatesKinds: Bool

    init(itemCount: Int, separatesKinds: Bool) {
        self.separatesKinds = separatesKinds
        columns = [Int32](repeating: -1, count: itemCount)
    }

    mutating func add(_ items: [PositiveItem], plan: TrainingPlan, itemIDs ids: [String]) {
        guard let own = items.lazy.map(\.time).max() else { return }
        for positive in items {
            if columns[positive.item] < 0 {
                columns[positive.item] = Int32(truncatingIfNeeded: itemIDs.count)
                itemIDs.append(ids[positive.item])
            }
            let column = columns[positive.item]
            var total = 0.0
            for (kind, sum, time) in positive.sums {
                let weight = plan.weight(sum, kind, age: own - time)
                total += weight
                guard separatesKinds else { continue }
                kinds[kind, default: []].append(Interaction(user: users, item: Int(column), weight: Float(weight)))
            }
            let weight = Float(min(plan.taste.cap, total))
            interactions.append(Interaction(user: users, item: Int(column), weight: weight))
            latest.append((column, positive.time))
            oldest = min(oldest, positive.time)
            newest = max(newest, positive.time)
        }
        users += 1
        guard plan.models.needsHistories, items.count > 1 else { return }
        let clicks = items.sorted { ($0.time, $0.item) < ($1.time, $1.item) }.suffix(plan.limits.visitsPerSession)
            .map { SessionLog.Click(item: Int(columns[$0.item]), seconds: Double($0.time) / 1000) }
        ordered.append((own, clicks))
    }

    /// Stable: histories that end together stay in the order of their users.
    func histories(_ plan: TrainingPlan) -> SessionLog? {
        let newest = ordered.enumerated().sorted { ($0.element.end, $0.offset) < ($1.element.end, $1.offset) }
            .suffix(plan.limits.histories)
        return try? SessionLog(itemCount: itemIDs.count, sessions: newest.map(\.element.clicks))
    }

    mutating func addUnused(_ ids: [String]) {
        let known = Set(itemIDs)
        itemIDs += Set(ids).subtracting(known).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    mutating func matrix() throws(RecommenderError) -> InteractionMatrix {
        defer { interactions = [] }
        if latest.isEmpty { oldest = 0 }
        return try InteractionMatrix(
            userCount: max(1, users),
            itemCount: max(1, itemIDs.count),
            interactions: interactions
        )
    }

    mutating func matricesByKind() throws(RecommenderError) -> [SignalKind: InteractionMatrix] {
        defer { kinds = [:] }
        var matrices: [SignalKind: InteractionMatrix] = [:]
        for (kind, interactions) in kinds {
            matrices[kind] = try InteractionMatrix(
                userCount: max(1, users),
                itemCount: max(1, itemIDs.count),
                interactions: interactions
            )
        }
        return matrices
    }

    func popularity(_ plan: TrainingPlan) -> [Float] {
        var sums = [Float](repeating: 0, count: itemIDs.count)
        for (column, time) in latest { sums[Int(column)] += plan.taste.weight(1, age: newest - time) }
        return sums
    }
}
