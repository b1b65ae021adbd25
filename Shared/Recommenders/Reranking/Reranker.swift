/// A step between scoring and showing: it changes scores, order or members of a ranked list.
///
/// Pure: the same candidates give the same list. Parameters are checked where a step is made.
public protocol Reranker: Sendable {
    /// The list after this step, best first.
    func rerank(_ candidates: [Candidate]) -> [Candidate]
}

/// Steps that follow one another.
///
/// Steps that change scores (popularity, recency, fatigue, repeats) sort by them, so they come before those that only
/// change the order (marginal relevance, caps, rotation).
public struct Reranking: Sendable {
    /// The steps, first one first.
    public var steps: [any Reranker]

    /// Creates a sequence of steps.
    public init(_ steps: [any Reranker] = []) {
        self.steps = steps
    }

    /// The best `limit` after all steps.
    ///
    /// Throws `invalidWeight` when a score is infinite or not a number, `indexOutOfRange` for a negative item and
    /// `invalidParameter` for a negative limit.
    public func callAsFunction(_ candidates: [Candidate], limit: Int) throws(RecommenderError) -> [Candidate] {
        guard limit >= 0 else { throw RecommenderError(.invalidParameter, "limit \(limit)") }
        for candidate in candidates {
            guard candidate.score.isFinite else {
                throw RecommenderError(.invalidWeight, "score \(candidate.score) of item \(candidate.item)")
            }
            guard candidate.item >= 0 else { throw RecommenderError(.indexOutOfRange, "item \(candidate.item)") }
        }
        return Array(steps.reduce(candidates) { $1.rerank($0) }.prefix(limit))
    }
}

extension Candidate {
    /// The candidate with a score `factor` times as good, its shares alike: a negative score is divided, so that a factor
    /// below one never helps.
    func scaled(_ factor: Float) -> Candidate {
        let smallest = Float.leastNormalMagnitude
        let factor = score >= 0 ? factor : 1 / max(factor, smallest)
        var scaled = self
        scaled.score = (score * factor).clamped
        for index in sources.indices { scaled.sources[index].amount = (sources[index].amount * factor).clamped }
        return scaled
    }
}

extension Float {
    /// The nearest finite number.
    fileprivate var clamped: Float { Swift.min(Swift.max(self, -.greatestFiniteMagnitude), .greatestFiniteMagnitude) }
}

extension [Candidate] {
    /// Scaled one by one and sorted again: higher scores first, ties by ascending item.
    func scaled(by factor: (Candidate) -> Float) -> [Candidate] {
        map { $0.scaled(factor($0)) }.sorted { $0.score != $1.score ? $0.score > $1.score : $0.item < $1.item }
    }
}
