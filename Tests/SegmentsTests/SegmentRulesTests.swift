import Events
import Foundation
import Profiles
import Recommenders
import Testing

@testable import Segments

@Suite("Rule segments")
struct SegmentRulesTests {
    private let day: Int64 = 86_400_000
    private let start: Int64 = 1_700_000_000_000

    @Test func `more than ten views in a category within seven days`() throws {
        let rules = try rules(
            #"{"name":"fans","when":{"events":"view","category":"any","count":"> 10","within":"7d"}}"#
        )
        var user = User(rules)
        for _ in 0..<10 { user.does(.view, in: ["Drama"], at: start) }
        for _ in 0..<10 { user.does(.view, in: ["Crime"], at: start) }
        #expect(user.segments.isEmpty)
        user.does(.view, in: ["Drama", "Drama", "War"], at: start + 6 * day)
        #expect(user.segments == ["fans"])
        user.does(.click, in: [], at: start + 7 * day)
        #expect(user.segments.isEmpty, "the first ten are seven days old")
    }

    @Test func `all, any and not, figures, tastes and RFM`() throws {
        let rules = try rules(
            #"""
            {"name":"a","when":{"all":[{"events":["view","click"],"count":">= 2"},{"not":{"frequency":"> 0"}}]}},
            {"name":"b","when":{"any":[{"monetary":">= 100"},{"taste":"> 0.6","category":"Drama"}]}},
            {"name":"c","description":"the best","when":{"rfm":["champions","loyal"]}},
            {"name":"d","when":{"recencyDays":"<= 30"}},
            {"name":"e","when":{"events":"any","count":"= 3"}}
            """#
        )
        var user = User(rules)
        user.does(.view, in: ["Drama"], at: start)
        #expect(user.segments == ["b"])
        user.does(.click, in: ["Crime"], at: start)
        #expect(user.segments == ["a"], "a click weighs more than a view")
        user.does(.purchase, in: [], at: start, value: 120)
        #expect(user.segments == ["b", "d", "e"])
        #expect(rules.keys(of: user.profile, rfm: .loyal).contains(.rule("c")))
    }

    @Test func `counts by tag and creator, by one name and within different windows`() throws {
        let rules = try rules(
            #"""
            {"name":"short","when":{"events":"view","creator":"Ozu","count":">= 2","within":"1d"}},
            {"name":"long","when":{"events":"view","creator":"Ozu","count":">= 2","within":"30d"}},
            {"name":"tag","when":{"events":"any","tag":"noir","count":">= 1","within":"2d"}}
            """#
        )
        var user = User(rules)
        user.does(.view, in: [], tags: ["noir"], creator: "Ozu", at: start)
        user.does(.view, in: [], creator: "Ozu", at: start + 3 * day)
        #expect(user.segments == ["long"])
        #expect(user.profile.segments.windows.count == 1, "one counter for both windows; the tag's has passed")
        user.does(.view, in: [], creator: "Ozu", at: start + 3 * day)
        #expect(user.segments == ["long", "short"])
    }

    @Test func `the order of late events does not matter, nor how a history is cut into batches`() throws {
        let rules = try rules(
            #"""
            {"name":"fans","when":{"events":"view","category":"any","count":"> 3","within":"7d"}},
            {"name":"busy","when":{"events":"any","count":">= 12","within":"3d"}}
            """#
        )
        var random = RandomSource(seed: 6)
        let events = (0..<60).map { _ in
            (category: "c\(random.index(below: 5))", time: start + Int64(random.index(below: 20)) * day)
        }
        func fold(_ events: [(category: String, time: Int64)], updateEvery count: Int) -> User {
            var user = User(rules, updateEvery: count)
            for event in events { user.does(.view, in: [event.category], at: event.time) }
            user.update()
            return user
        }
        let one = fold(events, updateEvery: 1)
        for count in [2, 7, 100] {
            let other = fold(events, updateEvery: count)
            #expect(other.profile.segments.windows == one.profile.segments.windows)
            #expect(other.profile.segments.memberships == one.profile.segments.memberships)
        }
        let shuffled = fold(events.shuffled(), updateEvery: 1)
        #expect(shuffled.profile.segments.windows == one.profile.segments.windows)
    }

    @Test func `counters are bounded by names and days`() throws {
        let rules = try rules(
            #"{"name":"fans","when":{"events":"view","category":"any","count":"> 10","within":"90d"}}"#
        )
        var user = User(rules)
        for index in 0..<2000 { user.does(.view, in: ["c\(index % 101)"], at: start + Int64(index) * day / 4) }
        let window = try #require(user.profile.segments.windows.values.first)
        #expect(window.days.count == SegmentRules.maximumNames)
        #expect(window.days.values.allSatisfy { $0.count <= SegmentRules.maximumDays })
    }

    @Test func `a rule that goes takes its counters and its segment along`() throws {
        var user = User(try rules(#"{"name":"fans","when":{"events":"view","count":"> 0","within":"7d"}}"#))
        user.does(.view, in: [], at: start)
        #expect(user.segments == ["fans"])
        var segmenter = Segmenter()
        let change = segmenter.update(&user.profile, since: 0)
        #expect(change?.left == [.rule("fans")])
        #expect(user.profile.segments.windows.isEmpty)
        segmenter.rules = try rules(#"{"name":"x","when":{"events":"view","count":"> 0","within":"7d"}}"#)
    }

    @Test(arguments: [
        #"{"name":"a","when":{"events":"view","count":"more than 3"}}"#,
        #"{"name":"a","when":{"events":"view","count":"> 3","within":"7 days"}}"#,
        #"{"name":"a","when":{"events":"view","count":"> 3","within":"91d"}}"#,
        #"{"name":"a","when":{"events":"view","count":"> 3","category":"any"}}"#,
        #"{"name":"a","when":{"events":"view","count":"> 3","category":"any","tag":"any","within":"7d"}}"#,
        #"{"name":"a","when":{"events":"view","count":"> 3","withn":"7d"}}"#,
        #"{"name":"a","when":{"sessions":"> 3","items":"> 3"}}"#,
        #"{"name":"a","when":{"sessions":3}}"#,
        #"{"name":"a","when":{"taste":"> 0.5"}}"#,
        #"{"name":"a","when":{"rfm":"rich"}}"#,
        #"{"name":"a","when":{"all":[]}}"#,
        #"{"name":"a","when":{}}"#,
        #"{"name":"A b","when":{"sessions":"> 3"}}"#,
        #"{"name":"cluster-1","when":{"sessions":"> 3"}}"#,
        #"{"name":"a","if":{},"when":{"sessions":"> 3"}}"#,
        #"{"name":"a","when":{"sessions":"> 3"}},{"name":"a","when":{"sessions":"> 4"}}"#,
    ])
    func `what cannot be meant is refused`(text: String) {
        #expect(throws: (any Error).self) { try rules(text) }
    }

    @Test(arguments: [
        ("> 10", 11.0, 10.0), (">= 10", 10, 9), ("< 1.5", 1, 1.5), ("<=2", 2, 3), ("= 0", 0, 1), ("!= 0", 1, 0),
    ])
    func `comparisons read as they are written`(text: String, holds: Double, fails: Double) throws {
        let comparison = try #require(Comparison(text))
        #expect(comparison.holds(for: holds))
        #expect(!comparison.holds(for: fails))
        #expect(Comparison(comparison.description) == comparison)
    }

    // MARK: Users

    private func rules(_ text: String) throws -> SegmentRules {
        try JSONDecoder().decode(SegmentRules.self, from: Data(#"{"segments":[\#(text)]}"#.utf8))
    }
}

/// A user whose events are folded in as the profile updater does it.
private struct User {
    var profile = UserProfile(firstEventAt: Timestamp(milliseconds: 1_700_000_000_000))
    private let segmenter: Segmenter
    private let batch: Int
    private var waiting = 0

    init(_ rules: SegmentRules, updateEvery batch: Int = 1) {
        segmenter = Segmenter(rules: rules)
        self.batch = batch
    }

    var segments: [String] { profile.segments.memberships.map(\.description) }

    mutating func does(
        _ type: EventType,
        in categories: [String],
        tags: [String] = [],
        creator: String? = nil,
        at time: Int64,
        value: Double? = nil
    ) {
        let time = Timestamp(milliseconds: time)
        let activity = Activity(
            event: Event(eventID: "e", type: type, userID: "u", itemID: "i", value: value, timestamp: time),
            user: UserKey(userID: "u"),
            source: SourceCoordinates(generation: 1, topic: .views, partition: 0, offset: 0),
            receivedAt: time,
            session: Activity.Session(id: "s", start: time),
            item: Activity.ItemFacts(categories: categories, tags: tags, creator: creator)
        )
        profile.apply(activity, policy: ProfilePolicy())
        segmenter.count(ActivityFacts(activity), in: &profile)
        waiting += 1
        if waiting == batch { update() }
    }

    mutating func update() {
        _ = segmenter.update(&profile, since: profile.revision - UInt64(waiting))
        waiting = 0
    }
}
