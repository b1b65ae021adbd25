public import Recommenders

/// A model of any type, ready to be asked.
public struct FittedModel: Sendable {
    /// What a model says to one case.
    public struct Answer: Sendable {
        /// Items with their scores, best first.
        public var ranked: [ScoredItem]
        /// One score per item, for the area under the curve; empty when nobody asked.
        public var scores: [Float]

        /// Items, best first.
        public var list: [Int] { ranked.map(\.item) }
    }

    private let answer: @Sendable (EvaluationCase, Int, Bool) throws -> Answer

    init(_ answer: @escaping @Sendable (EvaluationCase, Int, Bool) throws -> Answer) {
        self.answer = answer
    }

    /// The best `limit` items of a case, with scores when asked.
    public func answer(_ question: EvaluationCase, limit: Int, withScores: Bool = false) throws -> Answer {
        try answer(question, limit, withScores)
    }

    /// A model of histories: a session is the set of its items.
    static func history(_ model: some Recommender) -> FittedModel {
        FittedModel { question, limit, _ in
            var seen: Set<Int> = []
            let history = question.history.filter { seen.insert($0.item).inserted }
                .map { WeightedItem(item: $0.item) }
            let scorer = KnownScores(
                values: question.isInTraining
                    ? try model.scorer(ofUser: question.source, history: history).scores()
                    : try model.scorer(for: history).scores()
            )
            guard !scorer.values.contains(where: \.isNaN) else { throw ModelError("a score is not a number") }
            return Answer(ranked: scorer.ranking(limit, excluding: question.excluded), scores: scorer.values)
        }
    }

    /// A model of sessions: a user is one long session.
    ///
    /// What it knows nothing of stays out of its list.
    static func session(_ model: some SessionRecommender) -> FittedModel {
        FittedModel { question, limit, withScores in
            let ranked = try model.recommend(
                after: question.history.map(\.item),
                seconds: question.history.last?.seconds,
                limit: withScores ? model.itemCount : limit,
                excluding: question.excluded
            )
            var scores: [Float] = []
            if withScores {
                scores = [Float](repeating: 0, count: model.itemCount)
                // Only the order counts: the worst that is known still stands above the unknown.
                for (rank, item) in ranked.enumerated() { scores[item.item] = Float(ranked.count - rank) }
            }
            return Answer(ranked: Array(ranked.prefix(limit)), scores: scores)
        }
    }
}

private struct KnownScores: HistoryScorer {
    let values: [Float]

    func scores() -> [Float] { values }
    func parts(of item: Int) -> [Contribution] { [] }
}
