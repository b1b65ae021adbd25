import Recommenders
import Synchronization

/// The models behind a hybrid, fitted to the same data, each proposing its best items.
final class FittedSources: Sendable {
    /// What proposes, by the names of the catalogue; a model of content only where the data say what items are.
    static let names = ["EASE", "iALS", "STAN", "SequentialRules", "MostPopular", "Content"]

    /// How many items each source proposes.
    static let depth = 300

    /// What is known of items as of the training data.
    let facts: ItemFacts
    private let models: [(source: CandidateSource, model: FittedModel)]
    /// What was proposed to a case: a search asks the same cases again with every trial.
    private let known = Mutex<[String: [Proposals]]>([:])
    private static let mostKnown = 5000

    /// Fits all sources, with the values that were found for them, else with their standard values.
    init(_ training: TrainingData, found: FoundValues, _ context: FitContext) throws {
        facts = ItemFacts(training)
        models = try Self.models(hasContent: training.contents != nil).map { model in
            let values = found[model.name] ?? ParameterValues(model.parameters)
            return (CandidateSource(rawValue: model.name), try model.fit(training, values, context))
        }
    }

    var sources: [CandidateSource] { models.map(\.source) }

    /// The best items of each source, at least ``depth`` of them.
    ///
    /// Cases with an id are asked once: their ids must be different.
    func proposals(_ question: EvaluationCase, limit: Int) throws -> [Proposals] {
        let isKept = limit <= Self.depth && !question.id.isEmpty
        if isKept, let proposals = known.withLock({ $0[question.id] }) { return proposals }
        let proposals = try models.map { source, model in
            Proposals(source: source, items: try model.answer(question, limit: max(limit, Self.depth)).ranked)
        }
        if isKept { known.withLock { if $0.count < Self.mostKnown { $0[question.id] = proposals } } }
        return proposals
    }

    private static func models(hasContent: Bool) throws -> [CatalogueModel] {
        try names.map(ModelCatalogue.model).filter { hasContent || !$0.needsContent }
    }
}

extension FittedModel {
    /// A model that merges what sources propose; items that nobody proposes have no score.
    static func hybrid(
        itemCount: Int,
        _ rank: @escaping @Sendable (EvaluationCase, Int) throws -> [ScoredItem]
    ) -> FittedModel {
        FittedModel { question, limit, withScores in
            let ranked = try rank(question, limit)
            var scores: [Float] = []
            if withScores {
                scores = [Float](repeating: 0, count: itemCount)
                for (place, item) in ranked.enumerated() { scores[item.item] = Float(ranked.count - place) }
            }
            return Answer(ranked: Array(ranked.prefix(limit)), scores: scores)
        }
    }
}

extension Candidate {
    /// The candidate without its sources.
    var scored: ScoredItem { ScoredItem(item: item, score: score) }
}
