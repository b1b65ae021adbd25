import Events
import Profiles
import Segments
import Stores

/// The profiles that follow from a batch of activities: pure.
struct ProfileFolding {
    /// One user of the batch, in the order of first appearance.
    fileprivate struct Member {
        var user: UserKey
        /// What writes expect to find.
        var expected: Fence?
        /// `nil` until something is folded in.
        var state: FencedProfile?
        /// The stored profile cannot be used.
        var isRefused = false
        var isChanged = false
        /// The revision that was stored.
        var revision: UInt64 = 0
        /// The stored change of the user's segments, where one of the activities behind it may have come again.
        var repeated: SegmentNotice?
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
    private let segmenter: Segmenter
    private var members: [Member] = []
    private var places: [UserKey: Int] = [:]
    private(set) var applied = 0
    private(set) var redelivered = 0
    /// Activities of users whose stored profile cannot be used.
    private(set) var refused: [ActivityFacts] = []

    init(
        loaded: [UserKey: LoadedState<FencedProfile>],
        policy: ProfilePolicy,
        fencing: FenceMode,
        segmenter: Segmenter = Segmenter()
    ) {
        self.loaded = loaded
        self.policy = policy
        self.fencing = fencing
        self.segmenter = segmenter
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
            if !members[place].isChanged { members[place].repeatChange() }
            return
        }
        if members[place].state == nil {
            let profile = UserProfile(firstEventAt: activity.effectiveTime)
            members[place].state = FencedProfile(profile: profile, fence: Fence())
        }
        members[place].state?.fence.advance(to: activity.source)
        members[place].state?.profile.apply(activity, policy: policy)
        members[place].state?.profile.count(activity, for: segmenter)
        members[place].isChanged = true
        applied += 1
    }

    /// Brings the segments of the changed profiles up to date, once the batch is folded in.
    ///
    /// Answers the changes to announce. Where an activity has come again, the change stored before goes out once more: its
    /// announcement may never have left.
    mutating func updateSegments() -> [SegmentNotice] {
        var notices: [SegmentNotice] = []
        for place in members.indices {
            if let repeated = members[place].repeated { notices.append(repeated) }
            // Taken out while it changes, so that its items are not copied.
            guard members[place].isChanged, var state = members[place].state.take() else { continue }
            let change = segmenter.update(&state.profile, since: members[place].revision)
            if let change {
                notices.append(SegmentNotice(user: members[place].user, profile: state.profile, change: change))
            }
            members[place].state = state
        }
        return notices
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
            member.revision = state?.profile.revision ?? 0
        case nil: break
        }
        members.append(member)
        places[activity.user] = members.count - 1
        return members.count - 1
    }
}

extension ProfileFolding.Member {
    fileprivate mutating func repeatChange() {
        guard let profile = state?.profile, let change = profile.segments.lastChange else { return }
        repeated = SegmentNotice(user: user, profile: profile, change: change)
    }
}

extension UserProfile {
    /// Counts an activity that has just been folded in, in place.
    fileprivate mutating func count(_ activity: ActivityFacts, for segmenter: Segmenter) {
        segmenter.count(activity, in: &self)
    }
}
