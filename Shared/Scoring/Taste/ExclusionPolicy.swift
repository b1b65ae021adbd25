public import Profiles

/// Which items of the history stay out of the list.
public struct ExclusionPolicy: Sendable, Hashable {
    /// Leaves out everything that the user has shown interest in, not only what is consumed.
    public var excludesSeen: Bool

    /// Creates a policy.
    public init(excludesSeen: Bool) {
        self.excludesSeen = excludesSeen
    }

    /// Whether an item may come back only if the catalog says that it is repeatable.
    public func isUsedUp(_ signal: ItemSignal) -> Bool { excludesSeen || signal.isConsumed }
}
