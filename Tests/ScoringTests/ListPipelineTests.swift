import Catalog
import Events
import Profiles
import Ranking
import Recommenders
import ScoringSamples
import Testing

@testable import Scoring

@Suite struct ListPipelineTests {
    private let bundle: ModelBundle
    private var activities = TestActivities()
    private static let now = Timestamp(milliseconds: 1_700_000_100_000)

    init() throws {
        let (itemIDs, matrix) = try TestActivities.matrix()
        var models = try TestActivities.bundle().models
        models.ease = try EASEModel.fit(matrix, parameters: EASEModel.Parameters(regularization: 5)).keeping(8)
        let sessions = (0..<40).map { user in
            matrix.byUser.entries(of: user).enumerated().map { place, entry in
                SessionLog.Click(item: entry.item, seconds: 1_700_000_000 + Double(user * 100 + place))
            }
        }
        models.sessions = try VMISKNNModel.fit(SessionLog(itemCount: itemIDs.count, sessions: sessions))
        models.sequences = try STANModel.fit(SessionLog(itemCount: itemIDs.count, sessions: sessions))
        models.rules = try SequentialRulesModel.fit(SessionLog(itemCount: itemIDs.count, sessions: sessions))
        models.cco = try CCOModel.fit(matrix, secondary: [CCOBehaviour(name: "views", matrix: matrix)])
        models.content = try ContentModel.fit(itemIDs.map { ItemContent(tags: [["world-\($0.prefix(1))"]]) })
        models.popularityByContext = [
            "country:GB": try PopularityModel(sums: itemIDs.map { $0 == "b7" ? 9 : $0.hasPrefix("b") ? 1 : 0 })
        ]
        let info = BundleInfo(primaryKind: SignalKind.feedback.name)
        bundle = try ModelBundle(version: 1, itemIDs: itemIDs, models: models, info: info)
    }

    private func pipeline(_ plan: PipelinePlan = .standard, excludesSeen: Bool = true) -> ListPipeline {
        ListPipeline(
            bundle: bundle,
            plan: plan,
            taste: TestActivities.taste,
            exclusion: ExclusionPolicy(excludesSeen: excludesSeen)
        )
    }

    private func request(_ history: [Activity], contexts: [String] = [], trends: Trends = Trends()) -> ListRequest {
        ListRequest(
            user: UserKey(userID: "me"),
            profile: TestActivities.profile(history),
            contexts: contexts,
            trends: trends,
            now: Self.now
        )
    }

    private func list(
        _ history: [Activity],
        pipeline: ListPipeline? = nil,
        length: Int = 10,
        repeatable: Set<String> = [],
        catalog: [String: CatalogItem] = [:]
    ) throws -> [RecommendedItem] {
        let draft = try (pipeline ?? self.pipeline()).draft(request(history))
        return draft.list(draft.propose(repeatable: repeatable), length: length, catalog: catalog)
    }

    @Test mutating func `the list follows the history, and each item names sources and cause`() throws {
        let list = try list([
            activities.make("me", .view, "b1"), activities.make("me", .like, "a1"),
            activities.make("me", .rating, "a2", value: 5),
        ])
        #expect(list.prefix(3).allSatisfy { $0.itemID.hasPrefix("a") })
        let reason = try #require(list[0].reason)
        #expect(["because_you_liked", "because_you_rated"].contains(reason.type))
        #expect(["a1", "a2"].contains(reason.itemID))
        #expect(list[0].sources.count > 3)
        #expect(abs(list[0].sources.reduce(0) { $0 + $1.amount } - list[0].score) < 1e-5)
        #expect(zip(list, list.dropFirst()).allSatisfy { $0.score >= $1.score })
    }

    @Test(arguments: CandidateSource.all) func `every source of a plan is seen alone`(_ source: CandidateSource) throws
    {
        var activities = TestActivities()
        let plan = PipelinePlan(sources: [SourcePlan(source)], exploration: ExplorationPlan(first: 0))
        let pipeline = pipeline(plan)
        var profile = TestActivities.profile([
            activities.make("me", .like, "a1"), activities.make("me", .like, "a2"),
        ])
        profile.tags.masses["world-a"] = AffinityTable.Mass(liked: 3)
        let request = ListRequest(
            user: UserKey(userID: "me"),
            profile: profile,
            contexts: ["segment:1", "country:GB"],
            trends: pipeline.trends([(id: "b3", score: 2), (id: "unknown", score: 1)]),
            now: Self.now
        )
        let draft = try pipeline.draft(request)
        let set = draft.propose(repeatable: [])
        #expect(set.proposals.map(\.source) == [source])
        let list = draft.list(set, length: 5, catalog: [:])
        #expect(list.first?.sources.first?.source == source)
        let best = list.first?.itemID ?? ""
        switch source {
        case .context: #expect(best == "b7")
        case .trending: #expect(best == "b3")
        case .popular: break
        default: #expect(best.hasPrefix("a"))
        }
    }

    @Test mutating func `consumed and rejected items stay out, repeatable ones may come back`() throws {
        let history = [
            activities.make("me", .rating, "a1", value: 5), activities.make("me", .rating, "a2", value: 5),
            activities.make("me", .view, "a3"), activities.make("me", .dislike, "a4"),
        ]
        func ids(excludesSeen: Bool, _ repeatable: Set<String>) throws -> Set<String> {
            let pipeline = pipeline(excludesSeen: excludesSeen)
            return Set(try list(history, pipeline: pipeline, length: 100, repeatable: repeatable).map(\.itemID))
        }
        #expect(try ids(excludesSeen: true, []).isDisjoint(with: ["a1", "a2", "a3", "a4"]))
        #expect(try ids(excludesSeen: false, []).contains("a3"))
        #expect(try ids(excludesSeen: false, []).isDisjoint(with: ["a1", "a2", "a4"]))
        #expect(try ids(excludesSeen: true, ["a1", "a4"]).contains("a1"))
        #expect(try !ids(excludesSeen: true, ["a1", "a4"]).contains("a4"))
        #expect(Set(try pipeline().draft(request(history)).itemsUsedUp) == ["a1", "a2", "a3"])
        let gone = CatalogItem(id: "a5", title: "gone", isAvailable: false)
        #expect(try !list(history, length: 100, catalog: ["a5": gone]).map(\.itemID).contains("a5"))
    }

    @Test mutating func `one click moves the list of somebody new, and a second one again`() throws {
        let first = try list([activities.make("me", .view, "a1")]).map(\.itemID)
        let second = try list([activities.make("me", .view, "a1"), activities.make("me", .view, "b1")]).map(\.itemID)
        #expect(first.filter { $0.hasPrefix("a") }.count >= 7)
        #expect(Set(second).subtracting(first).count >= 3)
    }

    @Test mutating func `low ratings are no positives, and unknown items are no obstacle`() throws {
        let taste = Taste(
            TestActivities.profile([
                activities.make("me", .rating, "a1", value: 2.5), activities.make("me", .rating, "a2", value: 3),
                activities.make("me", .view, "never seen by a model"),
            ]),
            policy: TestActivities.taste,
            index: pipeline().index
        )
        #expect(taste.history.map { bundle.itemIDs[$0.item] } == ["a2"])
        #expect(taste.clicks.map { bundle.itemIDs[$0] } == ["a2"])
    }

    @Test func `somebody unknown gets what is popular nearby, else what is popular`() throws {
        let near = try pipeline().draft(request([], contexts: ["segment:4", "country:GB"]))
        let nearby = near.list(near.propose(repeatable: []), length: 5, catalog: [:])
        #expect(nearby.count == 5 && nearby.allSatisfy { $0.itemID.hasPrefix("b") })
        #expect(nearby.first?.sources.first?.source == .context)
        let list = try list([])
        #expect(list.count == 10)
        #expect(list.allSatisfy { $0.sources.first?.source == .popular && $0.reason == nil })
    }

    @Test mutating func `a new item comes up by its content, and at the places of exploration`() throws {
        let items = [
            NewItem(id: "n1", content: ItemContent(tags: [["world-a"]])), NewItem(id: "n2", content: ItemContent()),
            NewItem(id: "a1", content: ItemContent()),
        ]
        var plan = PipelinePlan.standard
        plan.exploration = ExplorationPlan(first: 3, every: 0)
        let pipeline = try pipeline(plan).with(newItems: items)
        #expect(pipeline.newItems.map(\.id) == ["n1", "n2"], "the model knows a1")
        let history = [activities.make("me", .like, "a1"), activities.make("me", .like, "a2")]
        let ids = try list(history, pipeline: pipeline, length: 20).map(\.itemID)
        #expect(ids.contains("n1"))
        #expect(Set(ids).count == ids.count)
        let third = try list(history, pipeline: pipeline, length: 3)[2]
        #expect(["n1", "n2"].contains(third.itemID))
        #expect(pipeline.neighbours(ofNew: "n1", limit: 3).allSatisfy { pipeline.id(of: $0.item).hasPrefix("a") })
        // A click on a new item counts: its content says what it is like.
        let clicked = try list([activities.make("me", .view, "n1")], pipeline: pipeline)
        #expect(clicked.first?.itemID.hasPrefix("a") == true)
        #expect(clicked.first?.reason?.itemID == "n1")
    }

    @Test mutating func `an item that a model knows and nobody has used stays new while it is young`() throws {
        let history = [activities.make("me", .like, "a1")]
        let ids = ["a1", "a2", "a3", "a4", "young", "old", "ageless"]
        let popularity = try PopularityModel(sums: [4, 3, 2, 1, 0, 0, 0])
        let pipeline = ListPipeline(
            bundle: try ModelBundle(itemIDs: ids, models: ModelBundle.Models(popularity: popularity)),
            plan: PipelinePlan(sources: [SourcePlan(.popular)], exploration: ExplorationPlan(first: 2, days: 10)),
            taste: TestActivities.taste,
            exclusion: ExclusionPolicy(excludesSeen: true)
        )
        func created(_ id: String, daysAgo: Int64?) -> NewItem {
            let moment = daysAgo.map { Timestamp(milliseconds: Self.now.milliseconds - $0 * 86_400_000) }
            return NewItem(id: id, content: ItemContent(), createdAt: moment)
        }
        let items = [created("young", daysAgo: 9), created("old", daysAgo: 11), created("ageless", daysAgo: nil)]
        let explored = try list(history, pipeline: pipeline.with(newItems: items))
        #expect(explored[1].itemID == "young" && explored[1].sources.map(\.source) == [.new])
        let none = try list(history, pipeline: pipeline.with(newItems: Array(items.dropFirst())))
        #expect(!none.contains { $0.sources.contains { $0.source == .new } })
    }

    @Test mutating func `the few candidates that are asked about first make the same list, or a short one`() throws {
        let draft = try pipeline().draft(request([activities.make("me", .like, "a1")]))
        let set = draft.propose(repeatable: [])
        let length = 4
        let count = pipeline().candidatesAsked(for: length)
        #expect(count == 5 && set.items(first: count).count == count && set.items().count > count)
        func list(unavailable: Int, among count: Int) -> [String] {
            let items = set.items().prefix(unavailable).map {
                CatalogItem(id: bundle.itemIDs[$0], title: "", isAvailable: false)
            }
            let catalog = Dictionary(uniqueKeysWithValues: items.map { ($0.id, $0) })
            return draft.list(set, length: length, catalog: catalog, among: count).map(\.itemID)
        }
        #expect(list(unavailable: 1, among: count) == list(unavailable: 1, among: .max))
        #expect(list(unavailable: 2, among: count).count == 3)
        #expect(list(unavailable: 2, among: .max).count == length)
        var plan = PipelinePlan.standard
        plan.policies.rotationTemperature = 1
        #expect(pipeline(plan).candidatesAsked(for: length) == .max)
    }

    @Test func `declared preferences make a list before the first click`() throws {
        var profile = UserProfile(firstEventAt: Self.now)
        profile.tags.masses["world-b"] = AffinityTable.Mass(liked: 5)
        let request = ListRequest(user: UserKey(userID: "me"), profile: profile, now: Self.now)
        let draft = try pipeline().draft(request)
        let list = draft.list(draft.propose(repeatable: []), length: 5, catalog: [:])
        #expect(list.allSatisfy { $0.itemID.hasPrefix("b") })
        #expect(list.first?.sources.contains { $0.source == .preferences } == true)
    }

    @Test mutating func `a ranker has the last word on order, unless its features are others`() throws {
        let history = [activities.make("me", .like, "a1")]
        let plain = try list(history, length: 100).map(\.itemID)
        // What ends up last is what was taken: the trees turn the order round.
        var rows = try RankerRows(featureNames: CandidateFeatures.names)
        for number in 0..<20 {
            let draft = try pipeline().draft(request([activities.make("u", .like, number % 2 == 0 ? "a1" : "b1")]))
            let set = draft.propose(repeatable: [])
            let items = set.candidates.map(\.item)
            let features = draft.features(set, catalog: [:]).values
            try rows.append(.init(items: items, features: features), wanted: Set(items.suffix(3)))
        }
        var models = bundle.models
        models.ranker = try LambdaMARTRanker.fit(rows, parameters: RankerParameters(rounds: 10))
        let ranked = ListPipeline(
            bundle: try ModelBundle(itemIDs: bundle.itemIDs, models: models, info: bundle.info),
            taste: TestActivities.taste,
            exclusion: ExclusionPolicy(excludesSeen: true)
        )
        let turned = try list(history, pipeline: ranked, length: 100).map(\.itemID)
        #expect(Set(turned) == Set(plain) && turned != plain)
        #expect(plain.suffix(3).contains(turned[0]))
        var other = try RankerRows(featureNames: ["something else"])
        for _ in 0..<10 { try other.append(.init(items: [0, 1], features: [0, 1]), wanted: [1]) }
        models.ranker = try LambdaMARTRanker.fit(other, parameters: RankerParameters(rounds: 2))
        let ignored = ListPipeline(
            bundle: try ModelBundle(itemIDs: bundle.itemIDs, models: models, info: bundle.info),
            taste: TestActivities.taste,
            exclusion: ExclusionPolicy(excludesSeen: true)
        )
        #expect(try list(history, pipeline: ignored, length: 100).map(\.itemID) == plain)
    }

    @Test mutating func `stages are timed by the caller's clock`() throws {
        final class Log: @unchecked Sendable { var stages: [PipelineStage] = [] }  // One thread.
        let log = Log()
        let clock = StageClock(now: { 1 }, observe: { stage, _ in log.stages.append(stage) })
        let draft = try pipeline().draft(request([activities.make("me", .like, "a1")]), clock: clock)
        _ = draft.list(draft.propose(repeatable: []), length: 5, catalog: [:])
        #expect(log.stages.first == .taste && log.stages.last == .reasons)
        #expect(log.stages.contains(.source(.als)) && log.stages.contains(.merge))
        #expect(Set(log.stages).isSubset(of: PipelineStage.all(of: .standard)))
    }
}
