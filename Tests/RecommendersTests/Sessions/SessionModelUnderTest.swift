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
        SessionModelUnderTest(
            VMISKNNParameters(lengthQuantile: 0.9, mostSessions: 35),
            "VMIS-kNN that keeps 35 sessions"
        ) {
            (model: inout VMISKNNModel, log) in try model.update(with: log)
        },
        SessionModelUnderTest(STANParameters(maximumAgeDays: 15 / 86_400), "STAN that keeps sessions for 15 seconds") {
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

    /// Models whose scores are sums over past sessions, with parameters under which a session takes nothing from others:
    /// one more session that went from the last click to an item does not lower that item's score.
    ///
    /// - VMIS-kNN and STAN: holds when no neighbour is cut off and rarity is not preferred (a further session makes its
    ///   items less rare); STAN's ages must not count either, as they are taken from the newest session.
    /// - Markov chain: (t + 1) / (n + 1) is at least t / n. Rules: counts only grow.
    /// - Item2Vec: not claimed, as a further session changes all random steps after it.
    static let additive: [SessionModelUnderTest] =
        [
            SessionModelUnderTest(VMISKNNParameters(lastClicks: 3, idfWeight: 0, lengthQuantile: 1)) {
                (model: inout VMISKNNModel, log) in try model.update(with: log)
            },
            SessionModelUnderTest(STANParameters(recencyDays: nil, idfWeight: 0)) {
                (model: inout STANModel, log) in try model.update(with: log)
            },
        ]
        + all.filter { ["MarkovChainModel", "SequentialRulesModel", "association rules"].contains($0.testDescription) }
}
