import Ranking
import Recommenders

extension ModelCatalogue {
    /// Candidates of several models, ordered by boosted trees over their scores and what is known of item and user.
    static let lambdaMART = CatalogueModel(
        preparing: "hybrid-lambdamart",
        "boosted trees over several models' scores, LambdaMART (Burges 2010)",
        [
            ParameterSpec("depth", .integer(2...6), .integer(3), "splits between root and leaf"),
            ParameterSpec("rate", .logReal(0.02...0.3), .real(0.1), "how much of each tree counts"),
            ParameterSpec("least-weight", .logReal(0.1...50), .real(5), "what a leaf must hold"),
            ParameterSpec("regularization", .logReal(0.1...100), .real(1), "weight of the squared leaf values"),
            ParameterSpec("rows", .real(0.4...1), .real(0.8), "share of the rows that a tree sees"),
            ParameterSpec("columns", .real(0.3...1), .real(0.8), "share of the features that a tree sees"),
            ParameterSpec("pairs", .logInteger(1...16), .integer(4), "pairs drawn per row and tree"),
        ],
        sources: FittedSources.names
    ) { training, found, context in
        let sources = try FittedSources(training, found: found, context)
        let features = ProposalFeatures(sources)
        // The trees learn from models that have not seen the last fifth of each history, and serve with models that have.
        let rows = try RankerTraining(cut: .lastShare(0.2)).rows(
            from: training.visits,
            featureNames: features.names,
            fit: { before in
                var earlier = training
                earlier.visits = before
                return try FittedSources(earlier, found: found, context)
            },
            propose: { earlier, user, history in
                let proposals = try earlier.proposals(EvaluationCase(user: user, history: history), limit: 0)
                let candidates = Array(merge(proposals).prefix(candidateCount))
                return RankerRows.Candidates(
                    items: candidates.map(\.item),
                    features: ProposalFeatures(earlier).rows(of: candidates, from: proposals, after: history)
                )
            }
        )
        return PreparedModel { values, context in
            let parameters = RankerParameters(values, seed: context.seed)
            let ranker = try LambdaMARTRanker.fit(rows, parameters: parameters, isCancelled: context.isCancelled)
            return .hybrid(itemCount: training.itemCount) { question, limit in
                let proposals = try sources.proposals(question, limit: limit)
                let merged = merge(proposals)
                let candidates = Array(merged.prefix(candidateCount))
                let scores = try ranker.scores(features.rows(of: candidates, from: proposals, after: question.history))
                let order = scores.indices.sorted { (scores[$0], $1) > (scores[$1], $0) }
                return order.map { ScoredItem(item: candidates[$0].item, score: scores[$0]) }
                    + merged.dropFirst(candidateCount).map(\.scored)
            }
        }
    }

    private static let merge = CandidateMerge.reciprocalRankFusion()
    /// How many of the merged candidates the trees look at.
    private static let candidateCount = 300
}

extension EvaluationCase {
    /// The question whose answers a ranker learns from.
    fileprivate init(user: Int, history: [Visit]) {
        self.init(
            source: user,
            id: "",
            isInTraining: true,
            history: history,
            excluded: ItemSet(history.map(\.item)),
            wanted: [],
            wantedCount: 0,
            next: nil
        )
    }
}

extension RankerParameters {
    fileprivate init(_ values: ParameterValues, seed: UInt64) {
        self.init(
            rounds: 500,
            patience: 50,
            learningRate: values.double("rate"),
            depth: values.integer("depth"),
            leastWeight: values.double("least-weight"),
            regularization: values.double("regularization"),
            rowShare: values.double("rows"),
            featureShare: values.double("columns"),
            pairs: values.integer("pairs"),
            seed: UInt32(truncatingIfNeeded: seed)
        )
    }
}
