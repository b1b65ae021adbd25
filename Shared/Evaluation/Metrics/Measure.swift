/// What is measured about one list of one case; all but diversity, novelty and popularity are higher when lists are better.
public enum Measure: String, Hashable, Sendable, CaseIterable {
    /// Hits in the list / its cutoff.
    case precision
    /// Hits in the list / wanted items (for sessions all remaining clicks, repeated ones included).
    case recall
    /// The sum of the precision at each hit / min(wanted items, cutoff).
    case map
    /// 1 / rank of the first hit; for sessions only the very next item is a hit.
    case mrr
    /// Binary gain, discount 1 / log2(rank + 1), divided by that of an ideal list of min(wanted items, cutoff) hits.
    case ndcg
    /// 1 when the list has a hit; for sessions only the very next item is one.
    case hitRate = "hit-rate"
    /// The mean of 1 − cosine of all pairs in the list, items as the sets of their training users.
    case diversity
    /// The mean self-information of the list's items: log2(users / users who know the item), in bits.
    case novelty
    /// Average recommendation popularity: the mean number of training users of the list's items.
    case popularity
    /// The share of the wanted items without training users that the list holds; only of cases that want some.
    case newRecall = "new-recall"

    /// What is measured about accuracy.
    public static let accuracy: [Measure] = [.precision, .recall, .map, .mrr, .ndcg, .hitRate]
}

/// A measure at a cutoff, such as `ndcg@10`, or one without (`auc`).
public struct MetricName: Hashable, Sendable, CustomStringConvertible {
    /// What is measured; `nil` for the area under the curve.
    public let measure: Measure?
    /// The length of the list.
    public let cutoff: Int

    /// A measure of a list.
    public init(_ measure: Measure, at cutoff: Int) {
        self.measure = measure
        self.cutoff = cutoff
    }

    private init() {
        measure = nil
        cutoff = 0
    }

    /// Area under the ROC curve: per user over the items not seen in training, then the mean.
    public static let auc = MetricName()

    /// Reads `ndcg@10`, `auc`; `hr`, `hitrate` and `hit` are hit rates.
    public init?(_ text: String) {
        let parts = text.lowercased().split(separator: "@", omittingEmptySubsequences: false).map(String.init)
        if parts == ["auc"] {
            self = .auc
            return
        }
        guard parts.count == 2, let cutoff = Int(parts[1]), cutoff > 0 else { return nil }
        let aliases = ["hr": "hit-rate", "hit": "hit-rate", "hitrate": "hit-rate", "arp": "popularity"]
        guard let measure = Measure(rawValue: aliases[parts[0]] ?? parts[0]) else { return nil }
        self.init(measure, at: cutoff)
    }

    /// `ndcg@10`, or `auc`.
    public var description: String { measure.map { "\($0.rawValue)@\(cutoff)" } ?? "auc" }
}
