/// Rows to be ranked, in groups: a group is one request, its rows are the candidates.
///
/// Features are row-major, `NaN` where a feature is unknown. A label says how relevant a row was: 0 not at all, whole
/// numbers up to 31.
public struct RankingData: Hashable, Sendable {
    /// What the columns mean, each name once.
    public let featureNames: [String]
    /// All rows behind each other, ``featureNames`` count numbers each.
    public private(set) var features: [Float] = []
    /// One label per row.
    public private(set) var labels: [Float] = []
    /// How many rows each group has, in the order of the rows.
    public private(set) var groups: [Int] = []

    /// Creates data without rows; throws `invalidData` for no or repeated names.
    public init(featureNames: [String]) throws(RankingError) {
        guard !featureNames.isEmpty, Set(featureNames).count == featureNames.count else {
            throw RankingError(.invalidData, "features need names, each of its own: \(featureNames)")
        }
        self.featureNames = featureNames
    }

    /// How many rows there are in all groups.
    public var rowCount: Int { labels.count }

    /// Appends one group; throws `invalidData` for infinite features, labels that are no whole number from 0 to 31, or
    /// numbers that are not rows times features.
    public mutating func append(features rows: [Float], labels relevance: [Float]) throws(RankingError) {
        guard !relevance.isEmpty, rows.count == relevance.count * featureNames.count else {
            throw RankingError(
                .invalidData,
                "\(rows.count) numbers for \(relevance.count) rows of \(featureNames.count) features"
            )
        }
        guard !rows.contains(where: \.isInfinite) else { throw RankingError(.invalidData, "a feature is infinite") }
        guard relevance.allSatisfy({ (0...31).contains($0) && $0.rounded() == $0 }) else {
            throw RankingError(.invalidData, "labels are whole numbers from 0 to 31")
        }
        features += rows
        labels += relevance
        groups.append(relevance.count)
    }

    /// The ranges of rows that belong together.
    public var groupRanges: [Range<Int>] {
        var start = 0
        return groups.map { count in
            defer { start += count }
            return start..<start + count
        }
    }

    /// Whether some group has rows of different relevance.
    var isInformative: Bool {
        groupRanges.contains { range in labels[range].contains { $0 != labels[range.lowerBound] } }
    }
}
