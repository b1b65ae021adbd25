import Recommenders
import Testing

/// A session model with parameters for small data, its type erased: what all of them must do is tested on all of them.
struct SessionModelUnderTest: Sendable, CustomTestStringConvertible {
    typealias Recommending = (_ session: [Int], _ limit: Int, _ excluded: ItemSet) throws -> [ScoredItem]

    let testDescription: String
    /// Fits a model to a log and updates it with each of the others.
    let fit: @Sendable (SessionLog, _ others: [SessionLog], FitContext) throws -> Recommending
    /// Whether items with other numbers get the same scores; not so where random numbers go by index.
    var ignoresNumbering = true
    /// Whether there is an update, and it makes what a fit to all sessions makes.
    var updates = true

    /// A model without an update; its random numbers go by the items' indices.
    private init<Model: SessionRecommender>(learned model: Model.Type, _ parameters: Model.Parameters) {
        testDescription = "\(model)"
        fit = { log, _, context in
            let fitted = try Model.fit(log, parameters: parameters, context: context)
            return { try fitted.recommend(after: $0, seconds: nil, limit: $1, excluding: $2) }
        }
        ignoresNumbering = false
        updates = false
    }

    private init<Model: SessionRecommender>(
        _ parameters: Model.Parameters,
        _ name: String? = nil,
        update: @escaping @Sendable (inout Model, SessionLog) throws -> Void
    ) {
        testDescription = name ?? "\(Model.self)"
        fit = { log, others, context in
            var model = try Model.fit(log, parameters: parameters, context: context)
            for other in others { try update(&model, other) }
            let fitted = model
            return { try fitted.recommend(after: $0, seconds: nil, limit: $1, excluding: $2) }
        }
    }

    static let all: [SessionModelUnderTest] = [
        SessionModelUnderTest(VMISKNNParameters(recentSessions: 20, neighbours: 9, lastClicks: 3)) {
            (model: inout VMISKNNModel, log) in try model.update(with: log)
        },
        SessionModelUnderTest(STANParameters(recentSessions: 30, neighbours: 9)) {
            (model: inout STANModel, log) in try model.update(with: log)
        },
        SessionModelUnderTest(MarkovChainParameters(shrinkage: 2, lastClicks: 2)) {
            (model: inout MarkovChainModel, log) in try model.update(with: log)
        },
        SessionModelUnderTest(SequentialRulesParameters(lastClicks: 2)) {
            (model: inout SequentialRulesModel, log) in try model.update(with: log)
        },
        SessionModelUnderTest(SequentialRulesParameters.associationRules, "association rules") {
            (model: inout SequentialRulesModel, log) in try model.update(with: log)
        },
        SessionModelUnderTest(learned: Item2VecModel.self, Item2VecParameters(dimension: 9, epochs: 2)),
    ]
}
