import Events
import Profiles
import Segments
import ServiceSupport
import Sessions
import Stores
import Testing

@testable import ProfileUpdater

@Suite("Segments while profiles are folded")
struct SegmentFoldingTests {
    private let user = UserKey(userID: "u1")
    private let time = Timestamp(milliseconds: 1_700_000_000_000)

    @Test func `entering a segment is announced once, with the profile's revision`() throws {
        var folding = try folding(nil)
        for offset: Int64 in 0..<3 { folding.fold(activity(offset)) }
        let notice = try #require(folding.updateSegments().first)
        #expect(notice.entered == [.rule("busy")])
        #expect(notice.left.isEmpty)
        #expect(notice.revision == 3)
        let state = try #require(folding.writes.first?.state)
        #expect(state.profile.segments.memberships == [.rule("busy")])

        var next = try self.folding(state)
        next.fold(activity(3))
        #expect(next.updateSegments().isEmpty, "nothing has changed")
    }

    @Test func `an activity that comes again repeats the latest announcement`() throws {
        var folding = try folding(nil)
        for offset: Int64 in 0..<3 { folding.fold(activity(offset)) }
        let first = folding.updateSegments()
        let state = try #require(folding.writes.first?.state)

        var again = try self.folding(state)
        again.fold(activity(2))
        #expect(again.updateSegments() == first)
        #expect(again.writes.isEmpty)
    }

    @Test func `without rules and a model nothing is kept`() throws {
        var folding = ProfileFolding(loaded: [user: .state(nil)], policy: ProfilePolicy(), fencing: .enforced)
        for offset: Int64 in 0..<20 { folding.fold(activity(offset)) }
        #expect(folding.updateSegments().isEmpty)
        #expect(folding.writes.first?.state.profile.segments.isEmpty == true)
    }

    @Test func `rules are read from YAML, and what is wrong is told with its line`() throws {
        let text = """
            segments:
              - name: category-fans
                description: viewed more than ten items of one category within a week
                when: {events: view, category: any, count: "> 10", within: 7d}
              - name: hesitant
                when:
                  all:
                    - {events: add_to_cart, count: ">= 3", within: 14d}
                    - not: {events: purchase, count: "> 0", within: 14d}
            """
        let rules = try SettingsDocument(text: text, name: "rules.yaml", setting: "segments.rules")
            .decode(SegmentRules.self)
        #expect(rules.rules.map(\.name) == ["category-fans", "hesitant"])
        let error = #expect(throws: SettingsError.self) {
            try SettingsDocument(
                text: text.replacing("within: 7d", with: "withn: 7d"),
                name: "rules.yaml",
                setting: "segments.rules"
            ).decode(SegmentRules.self)
        }
        #expect(error?.description.contains("withn") == true)
        #expect(error?.description.contains("line 4") == true)
    }

    private func folding(_ state: FencedProfile?) throws -> ProfileFolding {
        let busy = try SegmentRule(
            name: "busy",
            condition: .events(SegmentRule.EventCount(types: [.view], days: 7), Comparison(.atLeast, 3))
        )
        return ProfileFolding(
            loaded: [user: .state(state)],
            policy: ProfilePolicy(),
            fencing: .enforced,
            segmenter: Segmenter(rules: try SegmentRules([busy]))
        )
    }

    private func activity(_ offset: Int64) -> ActivityFacts {
        ActivityFacts(
            Activity(
                event: Event(eventID: "e\(offset)", type: .view, userID: "u1", itemID: "i", timestamp: time),
                user: user,
                source: SourceCoordinates(generation: 1, topic: .views, partition: 0, offset: offset),
                receivedAt: time,
                session: Activity.Session(user: user, start: time)
            )
        )
    }
}
