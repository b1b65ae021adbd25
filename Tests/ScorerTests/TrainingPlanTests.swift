import Events
import Foundation
import Profiles
import Recommenders
import Scoring
import ScoringSamples
import ServiceSupport
import Testing
import Training
import TrainingPlans

@testable import Scorer

@Suite struct TrainingPlanTests {
    private func plan(_ text: String) throws -> (plan: TrainingPlan, interval: Duration) {
        try SettingsDocument(text: text, name: "plan.yaml", setting: "training.plan").decode(PlanFile.self)
            .plan(taste: TestActivities.taste)
    }

    @Test func `an empty file is the default plan`() throws {
        let (plan, interval) = try plan("# all defaults\n")
        #expect(plan == TrainingPlan(taste: TestActivities.taste))
        #expect(interval == .seconds(60))
        #expect(plan.models.ease == nil && plan.models.als?.factors == 64)
    }

    @Test func `a plan says what is trained from what`() throws {
        let (plan, interval) = try plan(
            """
            interval: 15m
            window: 90d
            indicators:
              views: {half.life: 7d, weight: 0.5}
              conversions:
                half.life: 60d
                events: {purchase: 8, bookmark: 2}
            limits: {users: 1000, visits.per.user: 20}
            models:
              als: {factors: 32, regularization: 5}
              ease: true
              sessions: {last.clicks: 3, age.max: 30d}
              content: false
            validation: {share: 0.05, users: 200}
            seed: 7
            """
        )
        #expect(interval == .seconds(900))
        #expect(plan.windowSeconds == 7_776_000.0)
        #expect(plan.indicator(.views) == .init(weight: 0.5, halfLifeSeconds: 7 * 86_400))
        #expect(plan.indicator(.feedback).halfLifeSeconds == 30 * 86_400)
        #expect(plan.kind(of: EventType(rawValue: "bookmark")) == .conversions)
        #expect(plan.taste.weights.weights[.purchase] == 8)
        // The list is the kind's own; what speaks against an item stays.
        #expect(plan.taste.weights.weights[.addToCart] == nil)
        #expect(plan.taste.weights.weights[.removeFromCart] == -2)
        #expect(plan.limits.users == 1_000 && plan.limits.itemsPerUser == 2_000)
        #expect(plan.models.als?.factors == 32 && plan.models.ease != nil && plan.models.content == nil)
        #expect(plan.models.sessions?.maximumAgeDays == 30)
        #expect(plan.validation.share == 0.05 && plan.validation.minimumUsers == 50)
        #expect(plan.seed == 7)
    }

    @Test(arguments: [
        ("models:\n  asl: true\n", "plan.yaml line 2: models.asl: unknown key; known are als"),
        ("models:\n  als: {factors: 0}\n", "line 2: models.als.factors: 0 is not within 1 to 1024"),
        ("window: 3\n", "line 1: window: '3' is not a duration"),
        ("indicators:\n  views:\n    events: {view: -1}\n", "line 3: indicators.views.events: view: -1.0"),
        ("indicators:\n  clicks: {}\n", "line 2: indicators.clicks: unknown key"),
        ("validation: {share: 0.9}\n", "validation.share: 0.9 is not within"),
        ("interval: 1ms\n", "line 1: interval"),
    ]) func `a wrong plan stops the start with its line and key`(_ text: String, _ problem: String) throws {
        let error = #expect(throws: SettingsError.self) { try plan(text) }
        #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
    }

    @Test func `the setting names the file, and settings are the plan without one`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "plan-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data("{\"interval\": \"5m\", \"models\": {\"als\": {\"factors\": 16}}}".utf8).write(to: file)
        let with = try ScorerSettings(from: SettingsReader(flags: ["training.plan": file.path()]))
        #expect(with.training.plan.models.als?.factors == 16 && with.training.schedule.interval == .seconds(300))
        let without = try ScorerSettings(
            from: SettingsReader(flags: ["training.factors": "8", "training.interval": "2m"])
        )
        #expect(without.training.plan.models.als?.factors == 8)
        #expect(without.training.schedule.interval == .seconds(120))
        #expect(throws: SettingsError.self) {
            try ScorerSettings(from: SettingsReader(flags: ["training.plan": "/no/such/plan"]))
        }
    }
}
