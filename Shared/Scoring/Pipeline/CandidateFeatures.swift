import Recommenders

/// What is known of each candidate of one list, as rows of numbers for a ranker.
///
/// A number that is not known is NaN. Rows stand in the order of the candidates, columns in that of ``names``, which is the
/// same for every list and is stored with a ranker that was trained on them.
public struct CandidateFeatures: Hashable, Sendable {
    /// The names of the columns.
    ///
    /// Per source `<source>.score` (0 when it knows nothing of the item) and `<source>.rank` (from 1, only of what it
    /// proposed); then the merged score, the logarithm of one plus the popularity, the age in days, the lengths of history
    /// and session, the share of the user's affinity that goes to the item's categories, and whether its creator is liked,
    /// the number of the user's segment.
    public static let names: [String] =
        CandidateSource.all.flatMap { ["\($0.rawValue).score", "\($0.rawValue).rank"] }
        + [
            "merged.score", "popularity.log", "age.days", "history.items", "session.items", "category.share",
            "creator.share", "segment",
        ]

    /// How many candidates there are.
    public let count: Int
    /// All rows one after the other.
    public internal(set) var values: [Float]

    /// Creates rows of what is not known.
    init(count: Int) {
        self.count = count
        values = [Float](repeating: .nan, count: count * Self.names.count)
    }

    /// One candidate's numbers.
    public func row(_ candidate: Int) -> ArraySlice<Float> {
        values[candidate * Self.names.count..<(candidate + 1) * Self.names.count]
    }

    mutating func set(_ candidate: Int, _ column: Int, _ value: Float) {
        values[candidate * Self.names.count + column] = value
    }
}
