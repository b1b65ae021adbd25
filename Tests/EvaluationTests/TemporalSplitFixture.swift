import Evaluation
import Foundation
import Recommenders
import ReferenceData

/// MovieLens latest-small, the last fifth of each user's good ratings hidden.
///
/// The split leaks calendar time between users (292 of the 610 rated everything within one hour): good for holding an
/// implementation against reference figures, not for ranking algorithms.
enum TemporalSplitFixture {
    /// The data set divided, or `nil` when it is nowhere.
    static func fold() throws -> Fold? {
        guard let bytes = try ReferenceData.contents(of: "movielens-latest-small/ratings.csv") else { return nil }
        let data = try Dataset.read([try DataFormat.read(Array(bytes))])
        return try Split(.temporal, fraction: 0.2).folds(of: data[0])[0]
    }

    /// Hit rate and gain at ten of a model with its standard parameters, changed by `assignments`.
    static func figures(
        of name: String,
        _ assignments: [String] = [],
        on fold: Fold
    ) throws -> (hitRate: Double, gain: Double) {
        let model = try ModelCatalogue.model(name)
        var values = ParameterValues(model.parameters)
        for assignment in assignments { try values.set(assignment) }
        let fitted = try model.fit(fold.training, values, FitContext(workers: .dispatch(count: 2)))
        let result = try Evaluator(cutoffs: [10], isComplete: false, workers: 2)
            .measure(fitted, on: fold, statistics: nil)
        return (result.mean(of: MetricName(.hitRate, at: 10)), result.mean(of: MetricName(.ndcg, at: 10)))
    }
}
