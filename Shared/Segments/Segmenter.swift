public import Events
public import Profiles

/// Puts users into segments as their profiles change: rules at once, the model's cluster after the first events.
public struct Segmenter: Sendable {
    /// The rules in force.
    public var rules: SegmentRules?
    /// The segment model in force, with its version in the registry.
    public var model: (version: UInt64, model: SegmentModel)?
    /// How many events a user has before a cluster is assigned.
    public var minimumEvents: Int

    /// Creates a segmenter; with neither rules nor a model it does nothing.
    public init(
        rules: SegmentRules? = nil,
        model: (version: UInt64, model: SegmentModel)? = nil,
        minimumEvents: Int = 5
    ) {
        self.rules = rules
        self.model = model
        self.minimumEvents = minimumEvents
    }

    /// Counts an activity that has just been folded into `profile`, for rules.
    public func count(_ activity: ActivityFacts, in profile: inout UserProfile) {
        rules?.count(activity, in: &profile)
    }

    /// Brings the memberships up to date after a batch of activities; answers what changed, if anything did.
    ///
    /// Rules are always evaluated. The model is asked for a new version, and else while the profile grows: for every event
    /// at first, then for every eighth part more. `revision` is that of the profile before the batch.
    public func update(_ profile: inout UserProfile, since revision: UInt64) -> ProfileSegments.Change? {
        guard rules != nil || model != nil || !profile.segments.isEmpty else { return nil }
        var keys = modelKeys(&profile, since: revision)
        let rfm = keys.lazy.compactMap { key -> RFMSegment? in
            guard case .rfm(let segment) = key else { return nil }
            return segment
        }.first
        if let rules {
            rules.forgetOld(in: &profile)
            keys += rules.keys(of: profile, rfm: rfm)
        } else if !profile.segments.windows.isEmpty {
            profile.segments.windows = [:]
        }
        return profile.segments.replace(with: keys, revision: profile.revision)
    }

    private func modelKeys(_ profile: inout UserProfile, since revision: UInt64) -> [SegmentKey] {
        let current = profile.segments.memberships.filter { key in
            if case .rule = key { return false }
            return true
        }
        guard let model, profile.revision >= UInt64(max(0, minimumEvents)) else { return current }
        let step = Self.step(at: profile.revision)
        let isDue = profile.segments.modelVersion != model.version || revision / step != profile.revision / step
        guard isDue else { return current }
        profile.segments.modelVersion = model.version
        return model.model.keys(of: profile, now: profile.lastSeen)
    }

    /// The largest power of two that is at most an eighth of `revision`, at least 1.
    private static func step(at revision: UInt64) -> UInt64 {
        revision < 16 ? 1 : 1 << UInt64((revision / 8).bitWidth - 1 - (revision / 8).leadingZeroBitCount)
    }
}
