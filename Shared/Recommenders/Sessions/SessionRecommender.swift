/// A model that continues a session: what comes after the items seen so far, in their order.
public protocol SessionRecommender: Sendable {
    /// What can be tuned.
    associatedtype Parameters: Sendable

    /// Learns from past sessions; throws `emptyMatrix`, `invalidParameter` or `cancelled`.
    static func fit(
        _ sessions: SessionLog,
        parameters: Parameters,
        context: FitContext
    ) throws(RecommenderError) -> Self

    /// How many items have scores.
    var itemCount: Int { get }

    /// The best `limit` next items that are not excluded: higher scores first, ties by ascending index.
    ///
    /// `session` holds items oldest first, repeated ones included; `seconds` is the time of its last click where it is
    /// known. Items that the model knows nothing of are left out, so the list may be short, and of an empty session it is
    /// empty. Throws `indexOutOfRange`, `invalidWeight` for a time that is not finite.
    func recommend(
        after session: [Int],
        seconds: Double?,
        limit: Int,
        excluding excluded: ItemSet
    ) throws(RecommenderError) -> [ScoredItem]
}

extension SessionRecommender {
    /// The best `limit` next items.
    public func recommend(after session: [Int], limit: Int) throws(RecommenderError) -> [ScoredItem] {
        try recommend(after: session, seconds: nil, limit: limit, excluding: ItemSet())
    }
}
