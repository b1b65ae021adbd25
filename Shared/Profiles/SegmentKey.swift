/// A segment that a user can be in.
public enum SegmentKey: Hashable, Sendable {
    /// A cluster of the segment model, by a number that stays with it from model to model.
    case cluster(Int)
    /// What recency, frequency and money say.
    case rfm(RFMSegment)
    /// A segment of the rule file, by its name.
    case rule(String)

    /// What the names of clusters begin with; no rule's name does.
    public static let clusterPrefix = "cluster-"
    /// What the names of RFM segments begin with; no rule's name does.
    public static let rfmPrefix = "rfm-"
}

extension SegmentKey: CustomStringConvertible {
    /// The name in the API and on the topic: `cluster-3`, `rfm-champions`, or the rule's.
    public var description: String {
        switch self {
        case .cluster(let number): "\(Self.clusterPrefix)\(number)"
        case .rfm(let segment): Self.rfmPrefix + segment.name
        case .rule(let name): name
        }
    }
}

extension SegmentKey: Comparable {
    /// Clusters, then RFM segments, then rules by the UTF-8 of their names.
    public static func < (left: SegmentKey, right: SegmentKey) -> Bool {
        switch (left, right) {
        case (.cluster(let one), .cluster(let other)): one < other
        case (.rfm(let one), .rfm(let other)): one.rawValue < other.rawValue
        case (.rule(let one), .rule(let other)): one.utf8.lexicographicallyPrecedes(other.utf8)
        case (.cluster, _), (.rfm, .rule): true
        default: false
        }
    }
}
