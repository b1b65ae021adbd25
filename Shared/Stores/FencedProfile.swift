public import Events
public import Profiles

/// A profile and the fence that its events have moved.
public struct FencedProfile: Hashable, Sendable {
    /// The profile.
    public var profile: UserProfile
    /// The highest offset folded in per source partition.
    public var fence: Fence

    /// Creates a pair.
    public init(profile: UserProfile, fence: Fence) {
        self.profile = profile
        self.fence = fence
    }
}
