import Ranking
import Recommenders

/// The training procedure of a ranker: what base models proposed before they knew the answer.
///
/// 1. Histories are cut (``Holdout``): base models are fitted to what was before.
/// 2. For every request they propose candidates; those that the user took afterwards are relevant, the others are not.
/// 3. Some requests tell when to stop, the others are learned from (``RankerRows``).
///
/// The base models of this procedure are thrown away: the ranker serves with models that were fitted to everything.
struct RankerTraining: Hashable, Sendable {
    /// Where histories are cut.
    var cut: Holdout.Cut

    /// Creates a procedure.
    init(cut: Holdout.Cut) {
        self.cut = cut
    }

    /// Cuts the histories, fits base models to the earlier part and has them propose for the later one.
    ///
    /// `fit` gets nothing but visits before the cut, and `propose` nothing but a history before it: no base model can see what
    /// it is judged by. What `propose` says of items besides must be of that time, too. Throws what `fit` and `propose`
    /// throw, and `RankingError`.
    func rows<Models>(
        from visits: [[SessionLog.Click]],
        featureNames: [String],
        fit: (_ before: [[SessionLog.Click]]) throws -> Models,
        propose: (Models, _ user: Int, _ history: [SessionLog.Click]) throws -> RankerRows.Candidates
    ) throws -> RankerRows {
        let holdout = Holdout(visits, cut: cut)
        let models = try fit(holdout.before)
        var rows = try RankerRows(featureNames: featureNames)
        for request in holdout.requests {
            try rows.append(try propose(models, request.user, request.history), wanted: request.wanted)
        }
        return rows
    }
}
