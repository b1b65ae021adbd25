public import Events
public import Profiles
import Recommenders
public import Scoring

/// Activities divided into what is known and what is hidden, by each user's own cut: what lists can be judged by offline.
///
/// Of the items that a user took up, in the order of their first positive signals, the last share (rounded down) is hidden. From
/// the first of them on nothing that he did is known, so no profile and no model has seen it. The known part can be divided
/// once more: that is the validation. Other users' later activities are known, as in every split by the user's own time: only
/// comparisons on the same users mean something.
public struct ActivitySplit: Sendable {
    /// One user's profile at the cut, and what he took up afterwards.
    public struct Case: Sendable {
        /// Whose.
        public var user: UserKey
        /// What the profile updater had made of the known activities.
        public var profile: UserProfile
        /// The hidden items that neither were known nor met with disapproval, in the order of time; not empty.
        public var wanted: [String]
    }

    /// Users who are treated as if they had just come: one group of several, so that models have not seen them either.
    public struct Newcomers: Hashable, Sendable {
        /// How many positive items are known of each.
        public var known: Int
        /// Which group, from zero.
        public var group: Int
        /// Into how many groups the users are dealt.
        public var groups: Int

        /// Creates a group of newcomers.
        public init(known: Int, group: Int, groups: Int) {
            self.known = known
            self.group = group
            self.groups = groups
        }
    }

    /// How signals are read.
    public struct Policy: Sendable {
        /// What is positive.
        public var taste: TastePolicy
        /// How activity becomes a profile.
        public var profiles: ProfilePolicy

        /// Creates a policy.
        public init(taste: TastePolicy, profiles: ProfilePolicy) {
            self.taste = taste
            self.profiles = profiles
        }
    }

    /// What models may learn from, in the order of time.
    public let known: [Activity]
    /// Who is asked, in an order of chance that the seed fixes.
    public let cases: [Case]

    /// Divides activities; at most `limit` users are asked, of newcomers that many divided by the number of groups.
    public init(
        _ activities: [Activity],
        share: Double,
        limit: Int,
        newcomers: Newcomers? = nil,
        policy: Policy,
        seed: UInt64
    ) {
        let ordered = activities.enumerated()
            .sorted { ($0.element.effectiveTime, $0.offset) < ($1.element.effectiveTime, $1.offset) }.map(\.element)
        var histories: [UserKey: [Int]] = [:]
        for (index, activity) in ordered.enumerated() { histories[activity.user, default: []].append(index) }
        var random = RandomSource(seed: seed)
        let users = histories.keys.sorted { $0.rawValue < $1.rawValue }.shuffled(using: &random)
        var isKnown = [Bool](repeating: true, count: ordered.count)
        var cases: [Case] = []
        var dealt = 0
        for user in users {
            let places = histories[user] ?? []
            let cut = Cut(places.map { ordered[$0].event }, share: share, taste: policy.taste)
            var (known, isAsked) = (cut.known, !cut.wanted.isEmpty)
            if isAsked, let newcomers {
                isAsked = dealt % newcomers.groups == newcomers.group
                dealt += 1
                if isAsked { known = cut.end(ofPositive: newcomers.known) }
            }
            for place in places.dropFirst(known) { isKnown[place] = false }
            guard isAsked, cases.count < max(1, limit / (newcomers?.groups ?? 1)) else { continue }
            let past = places.prefix(known).map { ordered[$0] }
            var profile = UserProfile(firstEventAt: past.first?.effectiveTime ?? Timestamp(milliseconds: 0))
            for activity in past { profile.apply(activity, policy: policy.profiles) }
            cases.append(Case(user: user, profile: profile, wanted: cut.wanted))
        }
        known = zip(ordered, isKnown).filter(\.1).map(\.0)
        self.cases = cases
    }
}

/// Where one user's history is cut.
private struct Cut {
    /// How many events come before the first hidden item.
    let known: Int
    let wanted: [String]
    /// The places of the first positive event of each item.
    private let positives: [Int]

    /// `history` is in the order of time.
    init(_ history: [Event], share: Double, taste: TastePolicy) {
        var first: [(item: String, place: Int)] = []
        var (seen, rejected) = (Set<String>(), Set<String>())
        for (place, event) in history.enumerated() {
            guard let item = event.itemID else { continue }
            if taste.isNegative(event) { rejected.insert(item) }
            if taste.positiveStrength(of: event) != nil, seen.insert(item).inserted { first.append((item, place)) }
        }
        // A share such as .2 of 15 is 3, whatever the last binary digit.
        let hidden = first.suffix(Int(Double(first.count) * share + 1e-9))
        let known = hidden.first?.place ?? history.count
        let before = Set(history.prefix(known).compactMap(\.itemID))
        wanted = hidden.map(\.item).filter { !rejected.contains($0) && !before.contains($0) }
        self.known = known
        positives = first.map(\.place)
    }

    /// Up to where so many positive items are known, but nothing hidden.
    func end(ofPositive number: Int) -> Int {
        guard number > 0, !positives.isEmpty else { return 0 }
        return min(known, positives[min(number, positives.count) - 1] + 1)
    }
}
