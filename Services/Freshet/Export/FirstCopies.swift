import Events

/// Tells the first copy of each activity from those that the stream processor emitted again: a fence for each user, as the
/// trainer's matrix has one.
///
/// Holds what the users of one partition need; a user's activities are all in one.
struct FirstCopies {
    private var fences: [UserKey: Fence] = [:]

    /// Whether no copy has been seen yet.
    mutating func isFirst(_ activity: ActivityFacts) -> Bool {
        guard !fences[activity.user, default: Fence()].covers(activity.source) else { return false }
        fences[activity.user, default: Fence()].advance(to: activity.source)
        return true
    }
}
