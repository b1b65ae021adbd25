/// How alike two items, or two users, are.
///
/// `shrinkage` s, added to a denominator, takes similarity away from pairs with little evidence.
public enum NeighbourSimilarity: Hashable, Sendable {
    /// i·j / (‖i‖ ‖j‖ + s + 10⁻⁶).
    case cosine
    /// i·j / (‖j‖^2α ‖i‖^2(1−α) + s + 10⁻⁶) with j the target of the score (Aiolli 2013); α from 0 to 1, .5 is the cosine.
    case asymmetricCosine(alpha: Float)
    /// The correlation over all users (or items), those without interaction counting zero; for binary weights the phi coefficient.
    ///
    /// N·cov(i, j) / (√(N·var i) √(N·var j) + s + 10⁻⁶), each scaled like the cosine. Only pairs that have something in
    /// common are looked at, and of those only positive correlations count.
    case pearson
    /// Both / (either + s + 10⁻⁶), of sets: weights do not count (Tanimoto).
    case jaccard
    /// 1 − 1/(1 + LLR) with the log-likelihood ratio of the sets (Dunning 1993, as in Mahout), times both / (both + s).
    ///
    /// As in Mahout, a pair that meets much less often than by chance has a high ratio, too; with at least one meeting
    /// this is rare.
    case logLikelihood

    /// Whether only sets are compared.
    var isOfSets: Bool {
        switch self {
        case .jaccard, .logLikelihood: true
        case .cosine, .asymmetricCosine, .pearson: false
        }
    }

    func validate() throws(RecommenderError) {
        guard case .asymmetricCosine(let alpha) = self else { return }
        guard (0...1).contains(alpha) else { throw RecommenderError(.invalidParameter, "\(self)") }
    }
}
