import Evaluation
import Recommenders
import ReferenceData
import Testing

/// The evaluator on sessions; `RecommendersTests` hold the published figures themselves, over many orders of ties.
@Suite struct BolSessionsTests {
    @Test func `every prefix of the bol test sessions is predicted, and VMIS-kNN comes near the published figures`()
        throws
    {
        guard let train = try ReferenceData.contents(of: "bol-sessions/train.txt"),
            let test = try ReferenceData.contents(of: "bol-sessions/test.txt")
        else { return }
        let data = try Dataset.read([try DataFormat.read(Array(train)), try DataFormat.read(Array(test))])
        let fold = try Split().fold(training: data[0], test: data[1])
        #expect(fold.cases.count == 931)
        let model = try ModelCatalogue.model("vmisknn")
        let fitted = try model.fit(fold.training, ParameterValues(model.parameters), FitContext())
        let result = try Evaluator(cutoffs: [20], isComplete: false, workers: 2)
            .measure(fitted, on: fold, statistics: nil)
        let published: [(Measure, Double)] = [
            (.mrr, 0.3277), (.hitRate, 0.6402), (.recall, 0.4456), (.precision, 0.0680),
        ]
        for (measure, figure) in published {
            let value = result.mean(of: MetricName(measure, at: 20))
            #expect(abs(value - figure) < 0.005, "\(measure) \(value)")
        }
    }
}
