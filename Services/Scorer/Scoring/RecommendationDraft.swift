import Events
import Profiles
import Recommenders
import Stores

/// One user's list, being made: what may not be in it is known first, what the catalog says of candidates later.
struct RecommendationDraft: Sendable {
    let user: UserKey
    let profile: UserProfile
    private let taste: Taste
    private let model: TrainedModel
    private let scorer: BlendedScorer

    init(
        user: UserKey,
        profile: UserProfile,
        model: TrainedModel,
        policy: TastePolicy
    ) throws(RecommenderError) {
        self.user = user
        self.profile = profile
        self.model = model
        taste = Taste(profile, policy: policy, index: model.index)
        scorer = try model.scorer(for: taste)
    }

    /// The items whose catalog entries decide whether they may be recommended again.
    func itemsUsedUp(by policy: ExclusionPolicy) -> [String] {
        profile.items.compactMap { id, signal in
            model.index[id] != nil && !signal.isRejected && policy.isUsedUp(signal) ? id : nil
        }
    }

    /// More candidates than the list needs, best first, so that some may be unavailable.
    func candidates(
        limit: Int,
        policy: ExclusionPolicy,
        repeatable: Set<String>
    ) -> [Candidate] {
        var excluded = ItemSet(itemCount: model.itemIDs.count)
        for (id, signal) in profile.items {
            guard let item = model.index[id] else { continue }
            if signal.isRejected || (policy.isUsedUp(signal) && !repeatable.contains(id)) { excluded.insert(item) }
        }
        return scorer.top(limit, excluding: excluded)
    }

    /// The id of a candidate.
    func id(of candidate: Candidate) -> String { model.itemIDs[candidate.item] }

    /// Why a candidate is there; `nil` when no item of the history is.
    func reason(for candidate: Candidate) -> RecommendationList.Reason? {
        guard let cause = scorer.reason(for: candidate), let signal = taste.signals[cause] else { return nil }
        return RecommendationList.Reason(signal.type, itemID: model.itemIDs[cause])
    }
}

/// Which items of the history stay out of the list.
struct ExclusionPolicy: Sendable, Hashable {
    /// Leaves out everything that the user has shown interest in, not only what is consumed.
    var excludesSeen: Bool

    func isUsedUp(_ signal: ItemSignal) -> Bool { excludesSeen || signal.isConsumed }
}

extension RecommendationList.Reason {
    /// The reason that an item of the history gives, in the words of the API.
    init(_ type: EventType, itemID: String) {
        let name =
            switch type {
            case .rating, .review: "because_you_rated"
            case .like, .favorite: "because_you_liked"
            default: "because_you_viewed"
            }
        self.init(type: name, itemID: itemID)
    }
}
