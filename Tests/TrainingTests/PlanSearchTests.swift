import Evaluation
import Events
import Profiles
import Recommenders
import Scoring
import ScoringSamples
import Testing

@testable import Training

@Suite struct PlanSearchTests {
    private static let noise = PipelinePlan(
        sources: [
            SourcePlan(.als, weight: 0.1, newcomerWeight: 0.1),
            SourcePlan(.popular, weight: 1, newcomerWeight: 1),
        ],
        fusionConstant: 60
    )

    private func search(
        _ plan: PipelinePlan = noise,
        weights: PlanSearch.Weights = .full,
        seed: UInt64 = 1
    ) -> PlanSearch {
        PlanSearch(plan, weights: weights, of: [.als, .popular], method: .tpe, seed: seed)
    }

    /// Two worlds; each user took up eight of the ten items of his, in the order of time.
    private static func split(_ newcomers: ActivitySplit.Newcomers? = nil, share: Double = 0.25) -> ActivitySplit {
        var activities = TestActivities()
        return ActivitySplit(
            activities.twoWorlds(),
            share: share,
            limit: 100,
            newcomers: newcomers,
            policy: ActivitySplit.Policy(taste: TestActivities.taste, profiles: ProfilePolicy()),
            seed: 1
        )
    }

    private static func lists(_ groups: [ActivitySplit]) throws -> HeldOutLists {
        HeldOutLists(
            try groups.map { try HeldOutLists.Group($0, plan: TestActivities.plan, contents: [:]) },
            catalog: [:],
            taste: TestActivities.taste,
            exclusion: ExclusionPolicy(excludesSeen: true),
            workers: 2
        )
    }

    @Test func `the end of each history is hidden, and neither profile nor models know it`() throws {
        let split = Self.split()
        #expect(split.cases.count == 40)
        for example in split.cases {
            #expect(example.wanted.count == 2 && example.profile.items.count == 6)
            #expect(Set(example.profile.items.keys).isDisjoint(with: example.wanted))
            let known = split.known.filter { $0.user == example.user }.compactMap(\.event.itemID)
            #expect(Set(known) == Set(example.profile.items.keys))
        }
        // Once more: the validation.
        let again = ActivitySplit(
            split.known,
            share: 0.25,
            limit: 10,
            policy: ActivitySplit.Policy(taste: TestActivities.taste, profiles: ProfilePolicy()),
            seed: 1
        )
        #expect(again.cases.count == 10 && again.cases.allSatisfy { $0.wanted.count == 1 })
        #expect(Self.split(share: 0.1).cases.isEmpty, "a tenth of eight, rounded down, is nothing")
    }

    @Test func `what was known or turned down is not wanted`() {
        var activities = TestActivities()
        let history = [
            activities.make("u", .view, "a"), activities.make("u", .dislike, "b"), activities.make("u", .view, "c"),
            activities.make("u", .view, "b"), activities.make("u", .view, "a"), activities.make("u", .view, "d"),
            activities.make("u", .view, "e"), activities.make("u", .dislike, "e"),
        ]
        let split = ActivitySplit(
            history,
            share: 0.6,
            limit: 10,
            policy: ActivitySplit.Policy(taste: TestActivities.taste, profiles: ProfilePolicy()),
            seed: 1
        )
        // Of a, c, b, d, e the last three are hidden.
        #expect(split.cases.map(\.wanted) == [["d"]])
        #expect(split.known.map(\.event.itemID) == ["a", "b", "c"])
    }

    @Test func `every user is a newcomer to one group of models, which know as little of him`() {
        var asked: [UserKey] = []
        for group in 0..<5 {
            let split = Self.split(.init(known: 3, group: group, groups: 5))
            #expect(split.cases.count == 8)
            for example in split.cases {
                #expect(example.profile.items.count == 3 && example.wanted.count == 2)
                #expect(split.known.count { $0.user == example.user } == 3)
            }
            #expect(split.known.count == 8 * 3 + 32 * 6)
            asked += split.cases.map(\.user)
        }
        #expect(Set(asked).count == 40)
    }

    @Test func `a source that is right gains weight over one that is noise`() throws {
        let lists = try Self.lists([Self.split()])
        let trials = try search().trials(30) { try lists.figures(of: $0).meanGain }
        let best = try #require(trials.best)
        #expect(trials[0].plan == Self.noise && trials.count == 30)
        #expect(best.score > trials[0].score + 0.1)
        #expect(best.plan.sources[0].weight > best.plan.sources[1].weight)
        #expect(best.plan.sources.map(\.newcomerWeight) == [0.1, 1])
        let figures = try lists.figures(of: best.plan)
        #expect(figures.count == lists.userCount && figures.meanGain == best.score && figures.hitRate > 0.9)
        #expect(figures.allSatisfy { $0.sources == [.als, .popular] })
    }

    @Test func `newcomers' weights are searched alone`() throws {
        let lists = try Self.lists((0..<2).map { Self.split(.init(known: 2, group: $0, groups: 2)) })
        let trials = try search(weights: .newcomers).trials(15) { try lists.figures(of: $0).meanGain }
        let best = try #require(trials.best)
        #expect(lists.userCount == 40 && best.score > trials[0].score)
        #expect(best.plan.sources.map(\.weight) == [0.1, 1] && best.plan.fusionConstant == 60)
        #expect(best.plan.sources[0].newcomerWeight ?? 0 > 0.3 && best.plan.sources[1].newcomerWeight ?? 1 < 1)
    }

    @Test func `the same seed gives the same trials, and what proposes nothing keeps its weight`() {
        func score(_ plan: PipelinePlan) -> Double { -abs(plan.sources[0].weight - 0.7) }
        let first = search().trials(20, score: score)
        #expect(first == search().trials(20, score: score))
        #expect(first != search(seed: 2).trials(20, score: score))
        #expect(abs((first.best?.plan.sources[0].weight ?? 0) - 0.7) < 0.1)
        let alone = PlanSearch(Self.noise, of: [.als], method: .random, seed: 1).trials(5, score: score)
        #expect(alone.allSatisfy { $0.plan.sources[1] == Self.noise.sources[1] })
        let nothing = PlanSearch(Self.noise, weights: .newcomers, of: [], method: .tpe, seed: 1).trials(5, score: score)
        #expect(nothing.map(\.plan) == [Self.noise])
        // The first of equals, so that nothing is changed for nothing.
        #expect(search().trials(5) { _ in 1 }.best?.plan == Self.noise)
    }
}
