public import Ranking
public import Recommenders

/// Fits a ranker to what base models proposed before they knew the answer.
///
/// 1. Histories are cut (``Holdout``): base models are fitted to what was before.
/// 2. For every request they propose candidates; those that the user took afterwards are relevant, the others are not.
/// 3. Some requests tell when to stop, the others are learned from.
///
/// The base models of this procedure are thrown away: the ranker serves with models that were fitted to everything.
public struct RankerTraining: Hashable, Sendable {
    /// How candidates are made; the same as when the ranker serves.
    public var ranking: CandidateRanking
    /// Every how-maniest request is kept to tell when to stop, at least 2.
    public var validationEvery: Int

    /// Creates a procedure.
    public init(ranking: CandidateRanking = CandidateRanking(), validationEvery: Int = 5) {
        self.ranking = ranking
        self.validationEvery = max(2, validationEvery)
    }

    /// What happened, and what is known of the items.
    public struct Input: Hashable, Sendable {
        /// The visits of each user.
        public var visits: [[SessionLog.Click]]
        /// How many items there are.
        public var itemCount: Int
        /// What each item is, where that is known.
        public var contents: [ItemContent]?

        /// Creates input; indices of items must be below `itemCount`.
        public init(visits: [[SessionLog.Click]], itemCount: Int, contents: [ItemContent]? = nil) {
            self.visits = visits
            self.itemCount = itemCount
            self.contents = contents
        }
    }

    /// Rows to learn from and rows that tell when to stop.
    public struct Rows: Hashable, Sendable {
        /// What trees are grown on.
        public var training: RankingData
        /// What tells when to stop.
        public var validation: RankingData
    }

    /// Cuts the histories, fits base models to the earlier part and has them propose for the later one.
    ///
    /// `fit` gets nothing but visits before the cut, and `propose` nothing but a history before it: no base model can see what
    /// it is judged by. `sources` are the columns, see ``CandidateFeatures``. A request none of whose candidates was
    /// taken teaches nothing and is left out. Throws what `fit` and `propose` throw, and `RankingError`.
    public func rows<Models>(
        from input: Input,
        cut: Holdout.Cut,
        sources: [CandidateSource],
        fit: (_ before: [[SessionLog.Click]]) throws -> Models,
        propose: (Models, _ user: Int, _ history: [SessionLog.Click]) throws -> [Proposals]
    ) throws -> Rows {
        let holdout = Holdout(input.visits, cut: cut)
        let models = try fit(holdout.before)
        let facts = ItemFacts(visits: holdout.before, itemCount: input.itemCount, contents: input.contents)
        let features = CandidateFeatures(sources: sources, facts: facts)
        let empty = try RankingData(featureNames: features.names)
        var rows = Rows(training: empty, validation: empty)
        for (number, request) in holdout.requests.enumerated() {
            let proposals = try propose(models, request.user, request.history)
            let candidates = ranking.candidates(from: proposals)
            let labels = candidates.map { request.wanted.contains($0.item) ? Float(1) : 0 }
            guard labels.contains(1) else { continue }
            let own = features.rows(of: candidates, from: proposals, for: .init(after: request.history))
            if number % validationEvery == validationEvery - 1 {
                try rows.validation.append(features: own, labels: labels)
            } else {
                try rows.training.append(features: own, labels: labels)
            }
        }
        return rows
    }
}

extension LambdaMARTRanker {
    /// Grows trees on the rows of a training procedure; blocks the calling thread.
    ///
    /// Throws as ``fit(_:validation:parameters:isCancelled:)`` does.
    public static func fit(
        _ rows: RankerTraining.Rows,
        parameters: RankerParameters = RankerParameters(),
        isCancelled: () -> Bool = { Task.isCancelled }
    ) throws(RankingError) -> LambdaMARTRanker {
        try fit(rows.training, validation: rows.validation, parameters: parameters, isCancelled: isCancelled)
    }
}
