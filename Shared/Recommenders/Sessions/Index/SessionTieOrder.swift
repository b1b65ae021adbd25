/// Who comes first among sessions of the same time and among items of the same score.
public enum SessionTieOrder: Hashable, Sendable {
    /// The session that stands later in the log, the item with the smaller index.
    case given
    /// A random order that depends on this seed alone: what an evaluation averages over.
    case seeded(UInt64)
}
