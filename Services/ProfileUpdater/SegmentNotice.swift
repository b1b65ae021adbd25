import Events
import Profiles

/// A change of a user's segments, to be announced on `segments.updated`.
struct SegmentNotice: Hashable, Sendable {
    let user: UserKey
    /// The profile's revision with which the change came about; with the user it identifies the change.
    let revision: UInt64
    /// The segments after it.
    let segments: [SegmentKey]
    let entered: [SegmentKey]
    let left: [SegmentKey]
    /// The event time of the change, as far as the profile tells: that of the user's latest event.
    let time: Timestamp
    /// The version of the segment model behind the clusters; 0 for none.
    let modelVersion: UInt64

    init(user: UserKey, profile: UserProfile, change: ProfileSegments.Change) {
        self.user = user
        revision = change.revision
        segments = profile.segments.memberships
        entered = change.entered
        left = change.left
        time = profile.lastSeen
        modelVersion = profile.segments.modelVersion
    }
}
