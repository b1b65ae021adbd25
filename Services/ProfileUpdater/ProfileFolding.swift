import Events
import Profiles
import Stores

/// The profiles that follow from a batch of activities: pure.
struct ProfileFolding {
    /// One user of the batch, in the order of first appearance.
    private struct Member {
        var user: UserKey
        /// What writes expect to find.
        var expected: Fence?
        /// `nil` until something is folded in.
        var state: FencedProfile?
        /// The stored profile cannot be used.
        var isRefused = false
        var isChanged = false
        var newestReceipt: Timestamp
    }

    /// A user to be told of: also when all of the user's events stood at or below the fence.
    struct Notice {
        var user: UserKey
        var revision: UInt64
        /// When the newest of the user's events came in.
        var receivedAt: Timestamp
    }

    private let loaded: [UserKey: LoadedState<FencedProfile>]
    private let policy: ProfilePolicy
    private let fencing: FenceMode
    private var members: [Member] = []
    private var places: [UserKey: Int] = [:]
    private(set) var applied = 0
    private(set) var redelivered = 0
    /// Activities of users whose stored profile cannot be used.
    private(set) var refused: [ActivityFacts] = []

    init(loaded: [UserKey: LoadedState<FencedProfile>], policy: ProfilePolicy, fencing: FenceMode) {
        self.loaded = loaded
        self.policy = policy
        self.fencing = fencing
    }

    /// The new profile of each user whose profile has changed.
    var writes: [FencedWrite<FencedProfile>] {
        members.compactMap { member in
            guard member.isChanged, let state = member.state else { return nil }
            return FencedWrite(user: member.user, expected: member.expected, state: state)
        }
    }

    /// One for each user that has a profile after the batch.
    var notices: [Notice] {
        members.compactMap { member in
            guard let state = member.state else { return nil }
            return Notice(user: member.user, revision: state.profile.revision, receivedAt: member.newestReceipt)
        }
    }

    /// Folds in the next activity of the batch, unless the fence covers it.
    mutating func fold(_ activity: ActivityFacts) {
        let place = place(of: activity)
        members[place].newestReceipt = max(members[place].newestReceipt, activity.receivedAt)
        guard !members[place].isRefused else {
            refused.append(activity)
            return
        }
        if fencing == .enforced, members[place].state?.fence.covers(activity.source) ?? false {
            redelivered += 1
            return
        }
        if members[place].state == nil {
            let profile = UserProfile(firstEventAt: activity.effectiveTime)
            members[place].state = FencedProfile(profile: profile, fence: Fence())
        }
        members[place].state?.fence.advance(to: activity.source)
        members[place].state?.profile.apply(activity, policy: policy)
        members[place].isChanged = true
        applied += 1
    }

    private mutating func place(of activity: ActivityFacts) -> Int {
        // A user's events often follow one another.
        if let last = members.last, last.user == activity.user { return members.count - 1 }
        if let known = places[activity.user] { return known }
        var member = Member(user: activity.user, newestReceipt: activity.receivedAt)
        switch loaded[activity.user] {
        case .failed?: member.isRefused = true
        case .state(let state)?:
            member.state = state
            member.expected = state?.fence
        case nil: break
        }
        members.append(member)
        places[activity.user] = members.count - 1
        return members.count - 1
    }
}
