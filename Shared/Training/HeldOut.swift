public import Events
import Recommenders
public import Scoring

/// The newest signals, kept from a fit so that they can judge it.
///
/// What a user did from his ``cuts`` on is held out; a model fitted before knows nothing of it. An item counts as wanted when
/// the user's signals for it all lie after the cut; where a sum reaches over the cut, all of it is held out, so that nothing
/// of the future is in a history.
///
/// The cut is one moment for all users. Where too few were there before and after it, because most came once, it is each
/// sampled user's own: then models see what others did later, and only comparisons on the same users mean something.
public struct HeldOut: Sendable {
    /// One user's future, and what was known before it.
    public struct Case: Sendable, Hashable {
        /// An item of the history.
        public struct Known: Sendable, Hashable {
            /// The item's id.
            public var itemID: String
            /// What it counts, as in training.
            public var weight: Double
            /// The latest signal, in milliseconds.
            public var time: Int64
            /// The kind that counts most.
            public var kind = SignalKind.views
        }

        /// Whose.
        public var user: UserKey
        /// What was known at the cut, the latest first.
        public var history: [Known]
        /// What the user took up afterwards, in no order that matters.
        public var wanted: [String]
    }

    /// From when on signals are held out, in milliseconds.
    public struct Cuts: Sendable, Hashable {
        /// The moment for all users who have none of their own.
        public var all: Int64
        /// The moments of single users, by row of the matrix.
        public var own: [Int: Int64] = [:]

        /// The moment of the user in a row.
        public subscript(row: Int) -> Int64 { own[row] ?? all }
    }

    /// The time from which signals are held out.
    public let cuts: Cuts
    /// A random sample of the users with a past and a future, in an order of chance that the seed fixes.
    public let cases: [Case]

    /// Finds the cut that leaves out `share` of the positive signals, and samples `limit` users.
    ///
    /// `notBefore` moves the cut to that time where enough users (`minimum`) have signals after it: what serves was fitted
    /// to everything before, and has seen nothing behind. Where no moment leaves enough users, each gets his own cut.
    /// `nil` without a user to ask.
    public init?(
        _ source: ActivityMatrix,
        plan: TrainingPlan,
        share: Double,
        limit: Int,
        notBefore: Int64? = nil,
        minimum: Int = 1
    ) {
        guard share > 0, let usual = Self.cut(source, share: share) else { return nil }
        if let notBefore, notBefore > usual {
            let cases = Self.cases(source, plan: plan, cuts: Cuts(all: notBefore), limit: limit)
            if cases.count >= minimum {
                cuts = Cuts(all: notBefore)
                self.cases = cases
                return
            }
        }
        let common = Self.cases(source, plan: plan, cuts: Cuts(all: usual), limit: limit)
        if common.count < minimum {
            let own = Cuts(all: .max, own: Self.ownCuts(source, plan: plan, share: share, limit: limit))
            let cases = Self.cases(source, plan: plan, cuts: own, limit: limit)
            if cases.count > common.count {
                (cuts, self.cases) = (own, cases)
                return
            }
        }
        guard !common.isEmpty else { return nil }
        cuts = Cuts(all: usual)
        cases = common
    }

    /// For each user of a sample the moment behind which `share` of his positives lie, at least one.
    private static func ownCuts(
        _ source: ActivityMatrix,
        plan: TrainingPlan,
        share: Double,
        limit: Int
    ) -> [Int: Int64] {
        let oldest = plan.windowStart(newest: source.newest)
        var cuts: [Int: Int64] = [:]
        for row in sampled(source, plan: plan, where: { _ in true }) {
            guard cuts.count < limit else { break }
            let times = PositiveItem.of(source.rows[row], plan: plan, from: oldest, to: .max).map(\.time).sorted()
            guard let first = times.first else { continue }
            let cut = times[min(times.count - 1, Int(Double(times.count) * (1 - share)))]
            if cut > first { cuts[row] = cut }
        }
        return cuts
    }

    /// Rows by chance without order: whoever has the lowest hashes comes first.
    private static func sampled(
        _ source: ActivityMatrix,
        plan: TrainingPlan,
        where isIncluded: (Int) -> Bool
    ) -> [Int] {
        source.rows.indices.filter(isIncluded)
            .map { (hash: hash(source.keys[$0], seed: plan.seed), row: $0) }
            .sorted { ($0.hash, $0.row) < ($1.hash, $1.row) }.map(\.row)
    }

    /// The time behind which `share` of the entries lie, from a sample of them.
    private static func cut(_ source: ActivityMatrix, share: Double) -> Int64? {
        let step = max(1, source.entryCount / 100_000)
        var times: [Int64] = []
        var number = 0
        for row in source.rows {
            for entry in row.entries where entry.kind != nil {
                if number % step == 0 { times.append(entry.time) }
                number += 1
            }
        }
        guard times.count > 1 else { return nil }
        times.sort()
        return times[min(times.count - 1, Int(Double(times.count) * (1 - share)))]
    }

    private static func cases(_ source: ActivityMatrix, plan: TrainingPlan, cuts: Cuts, limit: Int) -> [Case] {
        let oldest = plan.windowStart(newest: source.newest)
        var cases: [Case] = []
        for user in sampled(source, plan: plan, where: { source.rows[$0].newest >= cuts[$0] }) {
            if cases.count == limit { break }
            let (row, cut) = (source.rows[user], cuts[user])
            let past = PositiveItem.of(row, plan: plan, from: oldest, to: cut)
            let known = Set(row.entries.lazy.filter { $0.time < cut }.map(\.item))
            let wanted = PositiveItem.of(row, plan: plan, from: cut, to: .max).filter { !known.contains($0.item) }
            guard !past.isEmpty, !wanted.isEmpty else { continue }
            let own = past.lazy.map(\.time).max() ?? 0
            let history = past.map { positive in
                Case.Known(
                    itemID: source.itemIDs[positive.item],
                    weight: min(
                        plan.taste.cap,
                        positive.sums.reduce(0) { $0 + plan.weight($1.sum, $1.kind, age: own - $1.time) }
                    ),
                    time: positive.time,
                    kind: positive.sums.max { $0.sum < $1.sum }?.kind ?? .views
                )
            }
            cases.append(
                Case(
                    user: source.keys[user],
                    history: history.sorted { ($0.time, $0.itemID) > ($1.time, $1.itemID) },
                    wanted: wanted.map { source.itemIDs[$0.item] }
                )
            )
        }
        return cases
    }

    private static func hash(_ user: UserKey, seed: UInt64) -> UInt64 {
        var hash = user.rawValue.utf8.reduce(0xcbf2_9ce4_8422_2325 ^ seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        hash ^= hash >> 32
        return hash &* 0x9e37_79b9_7f4a_7c15
    }
}
