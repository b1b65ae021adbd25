import Profiles
import Ranking
import Recommenders
import Scoring

/// Learns to order what the sources propose: from the lists of held-out users, and from what they took afterwards.
///
/// The models behind the lists must not have seen what the users took (``HeldOut``). Requests are users, negatives the other
/// candidates.
struct RankerFit {
    let plan: TrainingPlan
    let parameters: RankerParameters

    /// Fewer users teach nothing that would hold.
    private static let fewestUsers = 100

    /// `nil` where there are too few users, or nobody took what was proposed; throws `cancelled`.
    func callAsFunction(
        _ cases: some Collection<HeldOut.Case>,
        pipeline: ListPipeline,
        _ context: FitContext
    ) throws -> LambdaMARTRanker? {
        guard cases.count >= Self.fewestUsers else { return nil }
        var rows = try RankerRows(featureNames: CandidateFeatures.names)
        for (number, example) in cases.enumerated() {
            if context.isCancelled() { throw RecommenderError(.cancelled, "the fit of the ranker was cancelled") }
            context.progress(Double(number) / Double(cases.count))
            let profile = Validation.profile(of: example, plan: plan)
            let draft = try pipeline.draft(
                ListRequest(user: example.user, profile: profile, now: profile.lastSeen)
            )
            let set = draft.propose(repeatable: [])
            try rows.append(
                RankerRows.Candidates(
                    items: set.candidates.map(\.item),
                    features: draft.features(set, catalog: [:]).values
                ),
                wanted: Set(example.wanted.compactMap(pipeline.index))
            )
        }
        var parameters = parameters
        parameters.seed = UInt32(truncatingIfNeeded: plan.seed)
        do throws(RankingError) {
            return try LambdaMARTRanker.fit(rows, parameters: parameters, isCancelled: context.isCancelled)
        } catch {
            switch error.code {
            case .nothingToLearn: return nil
            case .cancelled: throw RecommenderError(.cancelled, "the fit of the ranker was cancelled")
            default: throw error
            }
        }
    }
}
