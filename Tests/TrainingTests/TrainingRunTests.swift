import Events
import Profiles
import Ranking
import Recommenders
import Scoring
import ScoringSamples
import Testing

@testable import Training

@Suite struct TrainingRunTests {
    private let plan: TrainingPlan
    private let matrix: ActivityMatrix

    init() {
        var plan = TestActivities.plan
        plan.validation.minimumUsers = 10
        plan.validation.share = 0.2
        self.plan = plan
        matrix = Self.worlds(plan: plan)
    }

    /// Eighty users in two worlds, first each with five items, then, later, each with two more.
    private static func worlds(users: Int = 80, plan: TrainingPlan) -> ActivityMatrix {
        var activities = TestActivities()
        var all: [Activity] = []
        for steps in [0..<5, 5..<7] {
            for user in 0..<users {
                for step in steps {
                    let world = user.isMultiple(of: 2) ? "a" : "b"
                    all.append(activities.make("u\(user)", .like, "\(world)\((user * 3 + step) % 10)"))
                }
            }
        }
        return TestActivities.matrix(all, plan: plan)
    }

    private func run(_ other: TrainingPlan? = nil) -> TrainingRun {
        TrainingRun(
            plan: other ?? plan,
            pipeline: TestActivities.pipeline,
            publicationGuard: PublicationGuard(drop: 0.1, minimumUsers: 10),
            now: { 0 }
        )
    }

    @Test func `views foresee purchases where kinds are kept apart`() throws {
        // Who views a guide buys its tool a day later; everybody views the same lamp, which says nothing.
        var activities = TestActivities()
        var all: [Activity] = []
        for user in 0..<60 {
            all.append(activities.make("u\(user)", .view, "lamp"))
            all.append(activities.make("u\(user)", .view, "guide-\(user % 6)"))
            if user < 48 { all.append(activities.make("u\(user)", .purchase, "tool-\(user % 6)")) }
        }
        var plan = plan
        plan.models.cco = CCOParameters()
        let set = try TrainingSet(TestActivities.matrix(all, plan: plan), plan: plan)
        #expect(set.primaryKind == .conversions)
        let fitted = try BundleFit(plan: plan)(set)
        #expect(fitted.info.primaryKind == "conversions")
        let bundle = try ModelBundle(version: 1, artefact: fitted.artefact())
        #expect(bundle.models.cco == fitted.models.cco)
        let pipeline = ListPipeline(
            bundle: bundle,
            plan: PipelinePlan(sources: [SourcePlan(.cco)], exploration: ExplorationPlan(first: 0)),
            taste: plan.taste,
            exclusion: ExclusionPolicy(excludesSeen: true)
        )
        for guide in 0..<6 {
            let profile = TestActivities.profile([
                activities.make("new", .view, "lamp"), activities.make("new", .view, "guide-\(guide)"),
            ])
            let draft = try pipeline.draft(
                ListRequest(user: UserKey(userID: "new"), profile: profile, now: profile.lastSeen)
            )
            let list = draft.list(draft.propose(repeatable: []), length: 3, catalog: [:])
            #expect(list[0].itemID == "tool-\(guide)" && list[0].sources.map(\.source) == [.cco])
            #expect(list[0].reason?.itemID == "guide-\(guide)")
        }
    }

    @Test func `the newest signals are held out, and no history knows them`() throws {
        let heldOut = try #require(HeldOut(matrix, plan: plan, share: 0.2, limit: 50))
        #expect(heldOut.cases.count == 50)
        for example in heldOut.cases {
            #expect(example.history.allSatisfy { $0.time < heldOut.cuts.all })
            #expect(Set(example.history.map(\.itemID)).isDisjoint(with: example.wanted))
            #expect(!example.wanted.isEmpty)
        }
        let past = try TrainingSet(matrix, plan: plan, before: heldOut.cuts)
        #expect(past.window.upperBound < heldOut.cuts.all)
        let whole = try TrainingSet(matrix, plan: plan)
        #expect(past.matrix.entryCount < whole.matrix.entryCount)
        #expect(HeldOut(matrix, plan: plan, share: 0, limit: 50) == nil)
    }

    @Test func `the cut moves to what serves has not seen, if that is enough`() throws {
        let newest = matrix.newest
        let late = try #require(
            HeldOut(matrix, plan: plan, share: 0.2, limit: 50, notBefore: newest - 20_000, minimum: 5)
        )
        #expect(late.cuts.all == newest - 20_000)
        let tooFew = try #require(HeldOut(matrix, plan: plan, share: 0.2, limit: 50, notBefore: newest, minimum: 5))
        #expect(tooFew.cuts.all < newest - 20_000)
    }

    @Test func `where everybody came once, each user has a cut of his own, and damage is found all the same`() throws {
        var activities = TestActivities()
        var all: [Activity] = []
        for user in 0..<80 {
            for step in 0..<7 {
                all.append(
                    activities.make("u\(user)", .like, "\(user.isMultiple(of: 2) ? "a" : "b")\((user * 3 + step) % 10)")
                )
            }
        }
        let matrix = TestActivities.matrix(all, plan: plan)
        let heldOut = try #require(HeldOut(matrix, plan: plan, share: 0.2, limit: 50, minimum: 20))
        #expect(heldOut.cases.count == 50 && heldOut.cuts.own.count == 50)
        #expect(heldOut.cases.allSatisfy { !$0.history.isEmpty && !$0.wanted.isEmpty })
        let past = try TrainingSet(matrix, plan: plan, before: heldOut.cuts)
        let wanted = heldOut.cases.reduce(0) { $0 + $1.wanted.count }
        #expect(try TrainingSet(matrix, plan: plan).matrix.entryCount - past.matrix.entryCount == wanted)
        let good = try run()(TrainingRun.Input(matrix: matrix)).bundle
        let verdict = try run().verdict(on: try good.permuted(), TrainingRun.Input(matrix: matrix, serving: good))
        #expect(verdict?.isRefused == true)
    }

    @Test func `a training measures every model and the list, and says what it was made from`() throws {
        let outcome = try run()(TrainingRun.Input(matrix: matrix))
        let info = outcome.bundle.info
        #expect(Set(info.validation.keys) == ["als", "neighbours", "popularity", "sequences", "rules", "list"])
        #expect((info.validation["list"]?["ndcg@10"] ?? 0) > 0.5)
        #expect(info.plan == plan.fingerprint && info.users == 80 && info.items == 20)
        #expect(info.windowEnd?.milliseconds == matrix.newest)
        #expect(outcome.verdict == nil)
        #expect(outcome.changes == matrix.changes)
    }

    @Test func `the same quality passes, a permuted model is refused`() throws {
        let good = try run()(TrainingRun.Input(matrix: matrix)).bundle
        let again = try run()(TrainingRun.Input(matrix: matrix, serving: good))
        #expect(again.verdict?.isRefused == false)
        let damaged = try good.permuted()
        let input = TrainingRun.Input(matrix: matrix, serving: good)
        let verdict = try #require(try run().verdict(on: damaged, input))
        #expect(verdict.isRefused && verdict.candidate < 0.9 * verdict.serving)
        #expect(try run().verdict(on: good, input)?.isRefused == false)
        // What serves may be the damaged one: then anything better comes through.
        let repaired = try run()(TrainingRun.Input(matrix: matrix, serving: damaged))
        #expect(repaired.verdict?.isRefused == false)
    }

    @Test func `a ranker stays only where users that it has not seen get better lists`() throws {
        var plan = plan
        plan.validation.users = 100
        plan.models.ranker = RankerParameters(rounds: 20)
        let many = Self.worlds(users: 400, plan: plan)
        let bundle = try run(plan)(TrainingRun.Input(matrix: many)).bundle
        let fusion = try #require(bundle.info.validation["fusion"]?["ndcg@10"])
        let ranked = try #require(bundle.info.validation["ranker"]?["ndcg@10"])
        #expect((bundle.models.ranker != nil) == (ranked > fusion))
        #expect(bundle.info.validation["list"]?["ndcg@10"] == max(fusion, ranked))
        #expect(try ModelBundle(version: 1, artefact: bundle.artefact()).models.ranker == bundle.models.ranker)
    }

    @Test func `items of the catalog that nobody has used are known, and content finds them`() throws {
        let contents = [
            "new": ItemContent(text: "space opera"), "a1": ItemContent(text: "space opera"),
            "b1": ItemContent(text: "cooking"),
        ]
        let bundle = try run()(TrainingRun.Input(matrix: matrix, contents: contents)).bundle
        let (new, known) = (try #require(bundle.index["new"]), try #require(bundle.index["a1"]))
        #expect(bundle.models.content?.neighbours(of: known).first?.item == new)
        #expect(try ModelBundle(version: 1, artefact: bundle.artefact()).itemIDs == bundle.itemIDs)
    }

    @Test func `plans are told apart, and the same plan is the same everywhere`() {
        var other = plan
        #expect(other.fingerprint == plan.fingerprint)
        other.validation.users += 1
        #expect(other.fingerprint != plan.fingerprint && other.matrixFingerprint == plan.matrixFingerprint)
        other.indicators[.views] = .init(weight: 1, halfLifeSeconds: 1_000)
        #expect(other.matrixFingerprint != plan.matrixFingerprint)
    }
}

extension ModelBundle {
    /// The same models with their factors given to other items.
    func permuted() throws -> ModelBundle {
        try ModelBundle(itemIDs: Array(itemIDs.dropFirst(3) + itemIDs.prefix(3)), models: models, info: info)
    }
}
