import Foundation
import Recommenders
import Testing

@testable import Scoring

@Suite struct PipelinePlanTests {
    private func plan(_ json: String) throws -> PipelinePlan {
        try JSONDecoder().decode(PipelinePlan.self, from: Data(json.utf8))
    }

    @Test func `what a file leaves out is as documented, and a plan is written as it is read`() throws {
        #expect(try plan("{}") == .standard)
        let text = """
            {"sources": [{"name": "als", "weight": 2, "newcomer.weight": 0.5}, {"name": "popular", "up.to": 3}],
             "merge": "weighted-scores", "known.after": 4, "policies": {"diversity.lambda": 0.7},
             "exploration": {"first": 5, "every": 10}}
            """
        let plan = try plan(text)
        #expect(plan.sources[0].weight(knowing: 2, knownAfter: plan.knownAfter) == 1.25)
        #expect(plan.sources[1].weight(knowing: 4, knownAfter: 4) == 0)
        #expect(plan.exploration.places(in: 30) == [4, 14, 24])
        #expect(try JSONDecoder().decode(PipelinePlan.self, from: JSONEncoder().encode(plan)) == plan)
    }

    @Test(arguments: [
        (#"{"sources": [{"name": "als"}, {"name": "als"}]}"#, "sources[1].name"),
        (#"{"sources": [{"name": "magic"}]}"#, "sources[0].name"),
        (#"{"sources": [{"name": "als", "weight": -1}]}"#, "sources[0].weight"),
        (#"{"sources": [{"name": "als", "weight": "much"}]}"#, "sources[0].weight"),
        (#"{"sources": [{"name": "als", "from": 5, "up.to": 4}]}"#, "sources[0].up.to"),
        (#"{"merge": "luck"}"#, "merge"),
        (#"{"depths": 5}"#, "depths"),
        (#"{"policies": {"diversity.lambda": 2}}"#, "policies.diversity.lambda"),
        (#"{"policies": {"speed": 2}}"#, "policies.speed"),
        (#"{"exploration": {"pool": 0}}"#, "exploration.pool"),
    ]) func `what is wrong is named`(_ json: String, _ field: String) throws {
        let error = try #require(throws: PlanError.self) { try plan(json) }
        #expect(error.field == field, "\(error)")
    }

    @Test func `the documented plan is valid`() throws {
        try PipelinePlan.standard.validate()
    }
}
