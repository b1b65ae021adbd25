public import Events
public import Profiles

/// The rule segments in force, ready to count and to evaluate.
///
/// What the conditions with a window need is counted per day in the profile (``ProfileSegments/windows``); conditions that
/// count the same share a counter. Everything follows from the activities alone, in log order, so a replay gives the same.
public struct SegmentRules: Hashable, Sendable {
    /// The rules, in the file's order.
    public let rules: [SegmentRule]
    private let counters: [Counter]
    private let segments: [Segment]

    /// A rule with the numbers of its counters worked out.
    private struct Segment: Hashable, Sendable {
        var key: SegmentKey
        var condition: Condition
    }

    /// A condition with the numbers of its counters worked out.
    private indirect enum Condition: Hashable, Sendable {
        case all([Condition])
        case any([Condition])
        case not(Condition)
        case total([EventType], Comparison)
        case window(UInt32, days: Int, ofAnyName: Bool, Comparison)
        case figure(SegmentRule.Figure, Comparison)
        case taste(SegmentRule.Place, Comparison)
        case rfm([RFMSegment])
    }

    /// What one counter counts.
    private struct Counter: Hashable, Sendable {
        var number: UInt32
        var types: [EventType]
        var place: SegmentRule.Place?
        /// The longest window of all conditions that use it.
        var days: Int
    }

    /// The most rules.
    public static let maximumRules = 64
    /// The longest window, in days.
    public static let maximumDays = 90
    /// The most names that a counter of any name keeps.
    public static let maximumNames = 32
    private static let maximumDepth = 8

    /// Prepares rules; throws `invalidRule` for what cannot be evaluated.
    public init(_ rules: [SegmentRule]) throws(SegmentError) {
        guard rules.count <= Self.maximumRules else {
            throw SegmentError(.invalidRule, "\(rules.count) rules; \(Self.maximumRules) are allowed")
        }
        var names: Set<String> = []
        var counters: [UInt32: Counter] = [:]
        for rule in rules {
            guard names.insert(rule.name).inserted else {
                throw SegmentError(.invalidRule, "'\(rule.name)' stands twice")
            }
            try Self.collect(rule.condition, of: rule.name, depth: 0, into: &counters)
        }
        self.rules = rules
        segments = rules.map { Segment(key: .rule($0.name), condition: Self.prepared($0.condition)) }
            .sorted { $0.key < $1.key }
        self.counters = counters.values.sorted { $0.number < $1.number }
    }

    private static func collect(
        _ condition: SegmentRule.Condition,
        of rule: String,
        depth: Int,
        into counters: inout [UInt32: Counter]
    ) throws(SegmentError) {
        guard depth < maximumDepth else { throw SegmentError(.invalidRule, "'\(rule)' is nested too deeply") }
        switch condition {
        case .all(let parts), .any(let parts):
            guard !parts.isEmpty else { throw SegmentError(.invalidRule, "'\(rule)' has an empty list") }
            for part in parts { try collect(part, of: rule, depth: depth + 1, into: &counters) }
        case .not(let part): try collect(part, of: rule, depth: depth + 1, into: &counters)
        case .events(let count, _):
            guard let days = count.days else {
                guard count.place == nil else {
                    throw SegmentError(.invalidRule, "'\(rule)': a count in a category, tag or creator needs 'within'")
                }
                return
            }
            guard (1...maximumDays).contains(days) else {
                throw SegmentError(.invalidRule, "'\(rule)': within 1d to \(maximumDays)d")
            }
            var counter = Counter(number: number(of: count), types: types(of: count), place: count.place, days: days)
            if let known = counters[counter.number] {
                guard known.types == counter.types, known.place == counter.place else {
                    throw SegmentError(
                        .invalidRule,
                        "'\(rule)': its counter has another one's number; rename something"
                    )
                }
                counter.days = max(known.days, days)
            }
            counters[counter.number] = counter
        case .figure, .taste, .rfm: return
        }
    }

    private static func types(of count: SegmentRule.EventCount) -> [EventType] {
        count.types.sorted { $0.rawValue.utf8.lexicographicallyPrecedes($1.rawValue.utf8) }
    }

    /// The number of a counter in profiles: a hash of what it counts, so that it stays when other rules come and go.
    private static func number(of count: SegmentRule.EventCount) -> UInt32 {
        let place = count.place.map { "\($0.dimension.rawValue)\u{1}\($0.name ?? "\u{2}")" } ?? ""
        return Murmur2.hash(Array((types(of: count).map(\.rawValue).joined(separator: "\u{1}") + "\u{0}" + place).utf8))
    }

    /// Whether there is nothing to do.
    public var isEmpty: Bool { rules.isEmpty }

    // MARK: Counting

    /// Counts an activity that has just been folded into `profile`.
    public func count(_ activity: ActivityFacts, in profile: inout UserProfile) {
        let today = WindowedCounter.day(of: profile.lastSeen)
        let day = WindowedCounter.day(of: activity.effectiveTime)
        for counter in counters where counter.types.isEmpty || counter.types.contains(activity.type) {
            guard day > today - counter.days else { continue }
            let names = Self.names(counter.place, of: activity.item)
            guard !names.isEmpty else { continue }
            var window = profile.segments.windows[counter.number] ?? WindowedCounter()
            profile.segments.windows[counter.number] = nil
            for name in names { window.add(name, on: day) }
            window.forget(before: today - counter.days + 1)
            window.cap(at: Self.maximumNames)
            profile.segments.windows[counter.number] = window
        }
    }

    /// The names under which an item is counted; a counter of one name, or of none, has the empty name.
    private static func names(_ place: SegmentRule.Place?, of item: Activity.ItemFacts?) -> [String] {
        guard let place else { return [""] }
        let all: [String] =
            switch place.dimension {
            case .category: item?.categories ?? []
            case .tag: item?.tags ?? []
            case .creator: item?.creator.map { [$0] } ?? []
            }
        guard let name = place.name else { return all.count < 2 ? all : Array(Set(all)) }
        return all.contains(name) ? [""] : []
    }

    /// Forgets what has passed out of every window, and counters that no rule needs any more.
    public func forgetOld(in profile: inout UserProfile) {
        guard !profile.segments.windows.isEmpty else { return }
        let today = WindowedCounter.day(of: profile.lastSeen)
        var kept: [UInt32: WindowedCounter] = [:]
        for counter in counters {
            guard var window = profile.segments.windows[counter.number] else { continue }
            window.forget(before: today - counter.days + 1)
            if !window.days.isEmpty { kept[counter.number] = window }
        }
        if kept != profile.segments.windows { profile.segments.windows = kept }
    }

    // MARK: Evaluating

    private static func prepared(_ condition: SegmentRule.Condition) -> Condition {
        switch condition {
        case .all(let parts): .all(parts.map(prepared))
        case .any(let parts): .any(parts.map(prepared))
        case .not(let part): .not(prepared(part))
        case .events(let count, let comparison):
            if let days = count.days {
                .window(
                    number(of: count),
                    days: days,
                    ofAnyName: count.place.map { $0.name == nil } ?? false,
                    comparison
                )
            } else {
                .total(Array(Set(count.types)), comparison)
            }
        case .figure(let figure, let comparison): .figure(figure, comparison)
        case .taste(let place, let comparison): .taste(place, comparison)
        case .rfm(let segments): .rfm(segments)
        }
    }

    /// The segments of the rules that hold for a profile, as of its latest event, ascending.
    ///
    /// `rfm` is the user's RFM segment, where it is known.
    public func keys(of profile: UserProfile, rfm: RFMSegment?) -> [SegmentKey] {
        segments.filter { Self.holds($0.condition, for: profile, rfm: rfm) }.map(\.key)
    }

    private static func holds(_ condition: Condition, for profile: UserProfile, rfm: RFMSegment?) -> Bool {
        switch condition {
        case .all(let parts): parts.allSatisfy { holds($0, for: profile, rfm: rfm) }
        case .any(let parts): parts.contains { holds($0, for: profile, rfm: rfm) }
        case .not(let part): !holds(part, for: profile, rfm: rfm)
        case .total(let types, let comparison):
            comparison.holds(
                for: types.isEmpty
                    ? Double(profile.revision) : Double(types.reduce(0) { $0 + (profile.counters[$1] ?? 0) })
            )
        case .window(let number, let days, let ofAnyName, let comparison):
            comparison.holds(for: Double(count(number, days: days, ofAnyName: ofAnyName, in: profile)))
        case .figure(let figure, let comparison): value(of: figure, profile).map(comparison.holds) ?? false
        case .taste(let place, let comparison): taste(place, of: profile).map(comparison.holds) ?? false
        case .rfm(let segments): rfm.map(segments.contains) ?? false
        }
    }

    private static func count(_ number: UInt32, days: Int, ofAnyName: Bool, in profile: UserProfile) -> Int {
        guard let window = profile.segments.windows[number] else { return 0 }
        let first = WindowedCounter.day(of: profile.lastSeen) - days + 1
        return ofAnyName ? window.largestCount(since: first) : window.count(of: "", since: first)
    }

    private static func value(of figure: SegmentRule.Figure, _ profile: UserProfile) -> Double? {
        let rfm = profile.rfm(now: profile.lastSeen)
        return switch figure {
        case .sessions: Double(profile.sessions)
        case .items: Double(profile.items.count)
        case .frequency: Double(rfm.frequency)
        case .monetary: rfm.monetary
        case .recencyDays: rfm.recencyDays
        case .knownDays: Double(profile.lastSeen.milliseconds - profile.firstSeen.milliseconds) / 86_400_000
        }
    }

    private static func taste(_ place: SegmentRule.Place, of profile: UserProfile) -> Double? {
        let table =
            switch place.dimension {
            case .category: profile.categories
            case .tag: profile.tags
            case .creator: profile.creators
            }
        let liked = table.masses.values.reduce(0) { $0 + $1.liked }
        guard liked > 0, let name = place.name else { return nil }
        return (table.masses[name]?.liked ?? 0) / liked
    }
}

/// The rule file: `segments`, a list of rules.
extension SegmentRules: Decodable {
    private enum CodingKeys: String, CodingKey {
        case segments
    }

    /// Reads the file's object; throws ``SegmentError`` or the decoder's error.
    public init(from decoder: any Decoder) throws {
        try self.init(decoder.container(keyedBy: CodingKeys.self).decode([SegmentRule].self, forKey: .segments))
    }
}
