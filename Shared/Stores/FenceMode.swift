/// Whether writes are fenced; only a test that proves what fences are for turns them off.
public enum FenceMode: Hashable, Sendable {
    /// Compare-and-set on the fence.
    case enforced
    /// Blind writes. Redelivered events count again.
    case disabledForTest
}
