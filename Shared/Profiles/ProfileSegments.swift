/// The segments of a user, and what their rules count.
///
/// ``windows`` and the rule segments are folds of the activity under the rules in force; clusters and RFM segments also
/// depend on the segment model that was in force.
public struct ProfileSegments: Hashable, Sendable {
    /// The segments that the user is in, ascending.
    public var memberships: [SegmentKey] = []
    /// The version of the segment model behind clusters and RFM segments; 0 before there is any.
    public var modelVersion: UInt64 = 0
    /// What rules count, by the number of the counter.
    public var windows: [UInt32: WindowedCounter] = [:]
    /// The latest change of ``memberships``, kept so that its announcement can be repeated.
    public var lastChange: Change?

    /// Which segments a user has entered and left.
    public struct Change: Hashable, Sendable {
        /// The profile's revision with which it came about.
        public var revision: UInt64
        /// The segments entered, ascending.
        public var entered: [SegmentKey]
        /// The segments left, ascending.
        public var left: [SegmentKey]

        /// Creates a change.
        public init(revision: UInt64, entered: [SegmentKey], left: [SegmentKey]) {
            self.revision = revision
            self.entered = entered
            self.left = left
        }
    }

    /// Creates the segments of a user of whom nothing is known.
    public init() {}

    /// Whether there is nothing to keep.
    public var isEmpty: Bool {
        memberships.isEmpty && windows.isEmpty && lastChange == nil && modelVersion == 0
    }

    /// Makes `keys`, ascending, the memberships; answers what changed, if anything did.
    public mutating func replace(with keys: [SegmentKey], revision: UInt64) -> Change? {
        guard keys != memberships else { return nil }
        let change = Change(
            revision: revision,
            entered: keys.filter { !memberships.contains($0) },
            left: memberships.filter { !keys.contains($0) }
        )
        memberships = keys
        lastChange = change
        return change
    }
}
