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
    /// Where histories are cut.
    public var cut: Holdout.Cut
    /// Every how-maniest request is kept to tell when to stop, at least 2.
    public var validationEvery: Int

    /// Creates a procedure.
    public init(cut: Holdout.Cut, validationEvery: Int = 5) {
        self.cut = cut
        self.validationEvery = max(2, validationEvery)
    }

    /// The candidates of one list with what a ranker sees of them.
    public struct Candidates: Hashable, Sendable {
        /// The items, by index, each once.
        public var items: [Int]
        /// One row per item behind each other, `NaN` for what is unknown.
        public var features: [Float]

        /// Creates candidates.
        public init(items: [Int], features: [Float]) {
            self.items = items
            self.features = features
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
    /// it is judged by. What `propose` says of items besides must be of that time, too. A request none of whose candidates
    /// was taken teaches nothing and is left out. Throws what `fit` and `propose` throw, and `RankingError`.
    public func rows<Models>(
        from visits: [[SessionLog.Click]],
        featureNames: [String],
        fit: (_ before: [[SessionLog.Click]]) throws -> Models,
        propose: (Models, _ user: Int, _ history: [SessionLog.Click]) throws -> Candidates
    ) throws -> Rows {
        let holdout = Holdout(visits, cut: cut)
        let models = try fit(holdout.before)
        let empty = try RankingData(featureNames: featureNames)
        var rows = Rows(training: empty, validation: empty)
        for (number, request) in holdout.requests.enumerated() {
            let candidates = try propose(models, request.user, request.history)
            let labels = candidates.items.map { request.wanted.contains($0) ? Float(1) : 0 }
            guard labels.contains(1) else { continue }
            if number % validationEvery == validationEvery - 1 {
                try rows.validation.append(features: candidates.features, labels: labels)
            } else {
                try rows.training.append(features: candidates.features, labels: labels)
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
