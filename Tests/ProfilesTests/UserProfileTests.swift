import Events
import Foundation
import JSON
import Sessions
import Testing

@testable import Profiles

@Suite("UserProfile")
struct UserProfileTests {
    private let policy = ProfilePolicy()
    private let start: Int64 = 1_600_000_000_000
    private let day: Int64 = 86_400_000

    @Test func `affinities equal the sum of decayed strengths, whatever the order`() throws {
        var random = SystemRandomNumberGenerator()
        let events = (0..<200).map { index in
            rating(
                "i\(index % 40)",
                value: Double(Int.random(in: 1...10, using: &random)) / 2,
                day: Int64.random(in: 0...9_000, using: &random)
            )
        }
        let inOrder = fold(events)
        let shuffled = fold(events.shuffled())
        let lastSeen = try #require(events.map(\.effectiveTime).max())
        for name in ["Drama", "Comedy", "War"] {
            let (liked, disliked) = expected(name, events, asOf: lastSeen)
            for profile in [inOrder, shuffled] {
                let found = try #require(masses(profile, asOf: lastSeen)[name])
                #expect(abs(found.liked - liked) <= 1e-12 * max(liked, 1e-300))
                #expect(abs(found.disliked - disliked) <= 1e-12 * max(disliked, 1e-300))
            }
        }
        #expect(inOrder.counters == [.rating: 200])
        #expect(inOrder.revision == 200)
    }

    @Test func `a landmark that moves changes nothing`() throws {
        // 9,000 days are 300 half-lives: the landmark has to move on the way.
        let events = stride(from: Int64(0), through: 9_000, by: 300).map { rating("i1", value: 5, day: $0) }
        let profile = fold(events)
        let lastSeen = try #require(events.last?.effectiveTime)
        let (liked, _) = expected("Drama", events, asOf: lastSeen)
        let found = try #require(masses(profile, asOf: lastSeen)["Drama"])
        #expect(abs(found.liked - liked) <= 1e-12 * liked)
        #expect(profile.landmark.milliseconds > start)
    }

    @Test func `the strongest positive signal stays`() {
        let profile = fold([event(.click, "i", day: 0), event(.purchase, "i", day: 1), event(.view, "i", day: 2)])
        let signal = profile.items["i"]
        #expect(signal?.type == .purchase)
        #expect(signal?.strength == 6)
        #expect(signal?.count == 3)
        #expect(signal?.isConsumed == true)
        #expect(signal?.lastTime.milliseconds == start + 2 * day)
    }

    @Test func `a later opinion replaces an earlier one, an earlier one that arrives late does not`() {
        let changed = fold([rating("i", value: 5, day: 0), rating("i", value: 1, day: 1)])
        #expect(changed.items["i"]?.strength == -3)
        let late = fold([rating("i", value: 1, day: 1), rating("i", value: 5, day: 0)])
        #expect(late.items["i"]?.strength == -3)
        let back = fold([rating("i", value: 1, day: 0), rating("i", value: 5, day: 1)])
        #expect(back.items["i"]?.strength == 5)
    }

    @Test func `a dislike rejects the item until something positive follows`() {
        var profile = fold([event(.like, "i", day: 0), event(.dislike, "i", day: 1)])
        #expect(profile.items["i"]?.isRejected == true)
        profile.apply(event(.like, "i", day: 2), policy: policy)
        #expect(profile.items["i"]?.isRejected == false)
    }

    @Test func `types without a weight only count`() {
        let profile = fold([event(.search, "i", day: 0), event(.impression, "i", day: 0)])
        #expect(profile.items.isEmpty)
        #expect(profile.categories.masses.isEmpty)
        #expect(profile.counters == [.search: 1, .impression: 1])
    }

    @Test func `sessions are counted once each`() {
        let profile = fold([
            event(.view, "a", day: 0), event(.view, "b", day: 0), event(.view, "c", day: 1), event(.view, "d", day: 0),
        ])
        #expect(profile.sessions == 2)
    }

    @Test func `items and names are capped, the latest and the heaviest stay`() {
        let tight = ProfilePolicy(maximumAffinities: 2, maximumItems: 3)
        var profile = UserProfile(firstEventAt: Timestamp(milliseconds: start))
        for index in 0..<6 {
            var activity = event(.view, "i\(index)", day: Int64(index))
            activity.item = Activity.ItemFacts(categories: index.isMultiple(of: 2) ? ["even"] : ["odd\(index)"])
            profile.apply(activity, policy: tight)
        }
        #expect(Set(profile.items.keys) == ["i3", "i4", "i5"])
        #expect(profile.categories.masses.count == 2)
        #expect(profile.categories.masses["even"] != nil)
    }

    @Test func `an event from the future counts as now`() {
        var activity = event(.view, "i", day: 10)
        activity.receivedAt = Timestamp(milliseconds: start)
        var profile = UserProfile(firstEventAt: activity.effectiveTime)
        profile.apply(activity, policy: policy)
        #expect(profile.lastSeen.milliseconds == start)
    }

    @Test func `purchases make RFM`() {
        var first = event(.purchase, "a", day: 0)
        first.event.value = 10
        var second = event(.purchase, "b", day: 4)
        second.event.value = 5.5
        let rfm = fold([first, second]).rfm(now: Timestamp(milliseconds: start + 6 * day))
        #expect(rfm == UserProfile.RFM(recencyDays: 2, frequency: 2, monetary: 15.5))
    }

    @Test func `the readable form is JSON with everything in it`() throws {
        var json = JSONWriter()
        fold([rating("i1", value: 4, day: 0)]).write(
            user: UserKey(userID: "u"),
            now: Timestamp(milliseconds: start),
            policy: policy,
            to: &json
        )
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(json.bytes)) as? [String: Any]
        )
        #expect(object["revision"] as? Int == 1)
        let items = try #require(object["items"] as? [[String: Any]])
        #expect(items.first?["strength"] as? Double == 3)
        #expect((object["affinities"] as? [String: Any])?["categories"] != nil)
    }

    @Test(arguments: [EventType.preferences, .identify])
    func `what users declare counts like a strong signal, and nonsense beside it is passed over`(_ type: EventType) {
        var activity = event(type, "", day: 0)
        activity.event.itemID = nil
        activity.item = nil
        let properties = """
            {"categories": ["Drama", 3, "Drama", ""], "tags": "none", "plan": {"categories": ["x"]}, "creators": ["Ann"],
             "disliked": {"categories": ["War"], "tags": ["loud"]}}
            """
        activity.event.properties = Array(properties.utf8)
        let profile = fold([activity])
        #expect(profile.categories.masses == ["Drama": .init(liked: 5), "War": .init(disliked: 5)])
        #expect(profile.tags.masses == ["loud": .init(disliked: 5)])
        #expect(profile.creators.masses == ["Ann": .init(liked: 5)])
        activity.event.properties = Array("[1".utf8)
        #expect(fold([activity]).categories.masses.isEmpty)
    }

    // MARK: Building

    private func rating(_ item: String, value: Double, day: Int64) -> Activity {
        var activity = event(.rating, item, day: day)
        activity.event.value = value
        return activity
    }

    private func event(_ type: EventType, _ item: String, day: Int64) -> Activity {
        let time = Timestamp(milliseconds: start + day * self.day)
        let user = UserKey(userID: "u")
        return Activity(
            event: Event(eventID: "e", type: type, userID: "u", itemID: item, timestamp: time),
            user: user,
            source: SourceCoordinates(generation: 1, topic: .feedback, partition: 0, offset: 0),
            receivedAt: time,
            session: Activity.Session(user: user, start: time),
            item: Activity.ItemFacts(categories: ["Drama", item.hasSuffix("1") ? "Comedy" : "War"])
        )
    }

    private func fold(_ activities: [Activity]) -> UserProfile {
        var profile = UserProfile(firstEventAt: activities[0].effectiveTime)
        for activity in activities { profile.apply(activity, policy: policy) }
        return profile
    }

    private func expected(_ name: String, _ activities: [Activity], asOf: Timestamp) -> (Double, Double) {
        var (liked, disliked) = (0.0, 0.0)
        for activity in activities where activity.item?.categories.contains(name) == true {
            let strength = policy.weights.strength(of: activity.event) ?? 0
            let age = Double(asOf.milliseconds - activity.effectiveTime.milliseconds) / policy.halfLifeMilliseconds
            if strength >= 0 { liked += strength * exp2(-age) } else { disliked -= strength * exp2(-age) }
        }
        return (liked, disliked)
    }

    private func masses(_ profile: UserProfile, asOf: Timestamp) -> [String: AffinityTable.Mass] {
        let scale = exp2(
            Double(profile.landmark.milliseconds - asOf.milliseconds) / policy.halfLifeMilliseconds
        )
        return profile.categories.masses.mapValues {
            AffinityTable.Mass(liked: $0.liked * scale, disliked: $0.disliked * scale)
        }
    }
}
