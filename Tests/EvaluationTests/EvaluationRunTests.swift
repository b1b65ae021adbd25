import Evaluation
import Foundation
import Recommenders
import Testing

/// Every model of the catalogue on small data, from the file to the report.
@Suite struct EvaluationRunTests {
    /// Forty users, each at home in one of two groups of items.
    private func data() throws -> Dataset {
        var text = "userId,movieId,rating,timestamp\n"
        for user in 0..<40 {
            for step in 0..<10 {
                let item = (user % 2) * 20 + (user * 7 + step * [3, 7, 9, 11][user % 4]) % 20
                text += "\(user),\(item),\(step % 5 == 4 ? 2 : 5),\(user * 1000 + step * 60)\n"
            }
        }
        return try Dataset.read([try DataFormat.read(Array(text.utf8))])[0]
    }

    private func report(
        _ candidates: [EvaluationPlan.Candidate],
        workers: Int = 2,
        trials: Int? = nil
    ) throws -> EvaluationReport {
        let split = Split(.temporal)
        let folds = try split.folds(of: data())
        let plan = EvaluationPlan(
            candidates: candidates,
            folds: folds,
            split: split,
            wasGiven: false,
            cutoffs: [5],
            metric: MetricName(.ndcg, at: 10),
            tuning: trials.map { EvaluationPlan.Tuning(.tpe, trials: $0) },
            workers: workers
        )
        return EvaluationReport(
            data: .init(files: ["<data>.csv"], format: "movielens-csv", split: "temporal", folds: folds, notes: []),
            plan: plan,
            models: try EvaluationRun(plan).models()
        )
    }

    @Test func `every model of the catalogue answers, whatever the number of workers`() throws {
        let candidates = try ModelCatalogue.all.filter { !$0.needsContent }.map { try EvaluationPlan.Candidate($0) }
        let report = try report(candidates)
        for model in report.models {
            #expect(model.failure == nil, "\(model.name): \(model.failure ?? "")")
            #expect(model.cases.count == 40)
            #expect(
                model.metrics.values.allSatisfy {
                    $0.value.isFinite && $0.low <= $0.value + 1e-9 && $0.value <= $0.high + 1e-9
                }
            )
        }
        #expect(report.models.first?.difference == nil)
        let alone = try self.report(candidates, workers: 1)
        #expect(report.models.map(\.name) == alone.models.map(\.name))
        for (left, right) in zip(report.models, alone.models) { #expect(left.cases == right.cases, "\(left.name)") }
    }

    @Test func `a search never looks at the test data, and keeps the best`() throws {
        let report = try report(
            [EvaluationPlan.Candidate(ModelCatalogue.model("ItemKNN"), set: ["alpha=0.5"])],
            trials: 12
        )
        let model = try #require(report.models.first)
        let trials = try #require(model.trials.first)
        #expect(trials.count == 12)
        #expect(model.validation == trials.compactMap(\.score).max())
        #expect(trials.allSatisfy { $0.values.values["alpha"] == .real(0.5) })
        #expect(model.values.first == trials.max { ($0.score ?? 0) < ($1.score ?? 0) }?.values)
    }

    @Test func `a model that refuses its parameters is reported, and the others go on`() throws {
        let report = try report([
            EvaluationPlan.Candidate(ModelCatalogue.model("ItemKNN"), set: ["k=0"]),
            EvaluationPlan.Candidate(ModelCatalogue.model("MostPopular")),
        ])
        #expect(report.models.map(\.name) == ["MostPopular", "ItemKNN"])
        #expect(report.models[1].failure?.contains("neighbours") == true)
        #expect(ReportTable(report).text.contains("ItemKNN failed"))
    }

    @Test func `reports are readable by people and machines, and the page needs nothing else`() throws {
        let report = try report(
            [
                EvaluationPlan.Candidate(ModelCatalogue.model("ItemKNN")),
                EvaluationPlan.Candidate(ModelCatalogue.model("MostPopular")),
            ],
            trials: 3
        )
        let json = try JSONSerialization.jsonObject(with: Data(ReportJSON(report).bytes)) as? [String: Any]
        #expect((json?["models"] as? [[String: Any]])?.count == 2)
        #expect(json?["metric"] as? String == "ndcg@10")
        let page = ReportPage(report).text
        #expect(page.contains("&lt;data&gt;.csv") && !page.contains("<data>"))
        for loaded in ["http:", "https:", "<script", "<link", "url(", "src="] { #expect(!page.contains(loaded)) }
        #expect(page.components(separatedBy: "<svg").count - 1 == 3)
        let itemIDs = (0..<40).map { "i\($0)" }
        let lines = EvaluationReport.predictions(of: report.models[0], itemIDs: itemIDs).split(separator: "\n")
        #expect(lines.count == 40)
        #expect(lines[0].hasPrefix("0\ti") && lines[0].split(separator: " ").count == 10)
        #expect(ReportMarkdown(report).text.split(separator: "\n").count == 4)
        #expect(ReportTable(report).text.contains("ItemKNN: k "))
    }
}
