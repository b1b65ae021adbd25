public import Profiles
public import Recommenders

/// One user's list, being made: what may not be in it is known first, what the catalog says of candidates later.
public struct RecommendationDraft: Sendable {
    /// Whose list it is.
    public let profile: UserProfile
    private let taste: Taste
    private let bundle: ModelBundle
    private let scorer: BlendedScorer

    /// Prepares the scores of a profile; throws `invalidWeight`, or `unsupportedArtefact` for a bundle without factors
    /// or neighbours.
    public init(
        profile: UserProfile,
        bundle: ModelBundle,
        policy: TastePolicy
    ) throws(RecommenderError) {
        guard let als = bundle.models.als, let neighbours = bundle.models.neighbours else {
            throw RecommenderError(.unsupportedArtefact, "a bundle without factors or neighbours")
        }
        self.profile = profile
        self.bundle = bundle
        taste = Taste(profile, policy: policy, index: bundle.index)
        scorer = try BlendedRecommender(als: als, cosine: neighbours, popularity: bundle.models.popularity)
            .scorer(history: taste.history, session: taste.session)
    }

    /// The items whose catalog entries decide whether they may be recommended again.
    public func itemsUsedUp(by policy: ExclusionPolicy) -> [String] {
        profile.items.compactMap { id, signal in
            bundle.index[id] != nil && !signal.isRejected && policy.isUsedUp(signal) ? id : nil
        }
    }

    /// More candidates than the list needs, best first, so that some may be unavailable.
    public func candidates(
        limit: Int,
        policy: ExclusionPolicy,
        repeatable: Set<String>
    ) -> [Candidate] {
        var excluded = ItemSet(itemCount: bundle.itemIDs.count)
        for (id, signal) in profile.items {
            guard let item = bundle.index[id] else { continue }
            if signal.isRejected || (policy.isUsedUp(signal) && !repeatable.contains(id)) { excluded.insert(item) }
        }
        return scorer.top(limit, excluding: excluded)
    }

    /// The id of a candidate.
    public func id(of candidate: Candidate) -> String { bundle.itemIDs[candidate.item] }

    /// Why a candidate is there; `nil` when no item of the history is.
    public func reason(for candidate: Candidate) -> RecommendationReason? {
        guard let cause = scorer.reason(for: candidate), let signal = taste.signals[cause] else { return nil }
        return RecommendationReason(signal.type, itemID: bundle.itemIDs[cause])
    }
}
