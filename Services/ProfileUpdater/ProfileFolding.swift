import Events
import Profiles
import Stores

/// The profiles that follow from a batch of activities: pure.
struct ProfileFolding {
    private let loaded: [UserKey: LoadedState<FencedProfile>]
    private let policy: ProfilePolicy
    private let fencing: FenceMode
    private var changed: [UserKey: FencedProfile] = [:]
    private(set) var applied = 0
    private(set) var redelivered = 0
    /// Activities of users whose stored profile cannot be used.
    private(set) var refused: [Activity] = []

    init(loaded: [UserKey: LoadedState<FencedProfile>], policy: ProfilePolicy, fencing: FenceMode) {
        self.loaded = loaded
        self.policy = policy
        self.fencing = fencing
    }

    /// The new profile of each user whose profile has changed.
    var writes: [FencedWrite<FencedProfile>] {
        changed.map { user, profile in
            var expected: Fence?
            if case .state(let before?)? = loaded[user] { expected = before.fence }
            return FencedWrite(user: user, expected: expected, state: profile)
        }
    }

    /// The revision of a user's profile after the batch.
    func revision(of user: UserKey) -> UInt64? {
        if let profile = changed[user] { return profile.profile.revision }
        if case .state(let profile?)? = loaded[user] { return profile.profile.revision }
        return nil
    }

    /// Folds in the next activity of the batch, unless the fence covers it.
    mutating func fold(_ activity: Activity) {
        let user = activity.user
        var before: FencedProfile?
        switch loaded[user] {
        case .failed?:
            refused.append(activity)
            return
        case .state(let profile)?: before = changed[user] ?? profile
        case nil: before = changed[user]
        }
        guard fencing == .disabledForTest || before.map({ !$0.fence.covers(activity.source) }) ?? true else {
            redelivered += 1
            return
        }
        // Taken out while it changes, so that its items are not copied.
        changed[user] = nil
        var state = before ?? FencedProfile(profile: UserProfile(firstEventAt: activity.effectiveTime), fence: Fence())
        before = nil
        state.fence.advance(to: activity.source)
        state.profile.apply(activity, policy: policy)
        changed[user] = state
        applied += 1
    }
}
