/// What makes two items alike, for diversity.
public enum ItemSimilarity: Sendable {
    /// The cosine of their vectors, none below zero; items without a vector are like no other.
    case vectors(DenseVectors)
    /// The share of their categories that they have in common (Jaccard); items without any are like no other.
    case categories([Set<Int>])

    func callAsFunction(_ left: Int, _ right: Int) -> Float {
        switch self {
        case .vectors(let vectors):
            guard max(left, right) < vectors.count else { return 0 }
            let lengths = vectors.length(of: left) * vectors.length(of: right)
            let product = zip(vectors[left], vectors[right]).reduce(0) { $0 + $1.0 * $1.1 }
            return lengths > 0 && lengths.isFinite ? min(1, max(0, product / lengths)) : 0
        case .categories(let categories):
            guard max(left, right) < categories.count else { return 0 }
            let common = categories[left].intersection(categories[right]).count
            let all = categories[left].count + categories[right].count - common
            return all > 0 ? Float(common) / Float(all) : 0
        }
    }
}

/// Maximal marginal relevance (Carbonell and Goldstein 1998): each place goes to the candidate with the largest
/// lambda · relevance − (1 − lambda) · similarity to the most similar one above it.
///
/// Relevance is the score, scaled so that the best candidate has one and the worst zero. Scores stay as they were. Takes
/// time proportional to `depth` times the number of candidates.
public struct MaximalMarginalRelevance: Reranker {
    /// How much relevance counts beside novelty, from 0 to 1; with 1 nothing changes.
    public let lambda: Float
    /// How many places are filled this way; the others follow in their order.
    public let depth: Int
    /// What makes items alike.
    public let similarity: ItemSimilarity

    /// Creates the step; throws `invalidParameter`.
    public init(lambda: Float = 0.7, depth: Int = 100, similarity: ItemSimilarity) throws(RecommenderError) {
        guard (0...1).contains(lambda) else { throw RecommenderError(.invalidParameter, "lambda \(lambda)") }
        guard depth >= 0 else { throw RecommenderError(.invalidParameter, "depth \(depth)") }
        self.lambda = lambda
        self.depth = depth
        self.similarity = similarity
    }

    /// The list in the new order.
    public func rerank(_ candidates: [Candidate]) -> [Candidate] {
        let best = candidates.map(\.score).max() ?? 0
        let worst = candidates.map(\.score).min() ?? 0
        // Halves, so that the range of any two finite scores is finite.
        let range = best / 2 - worst / 2
        var waiting = candidates.map { candidate in
            (
                candidate: candidate, nearest: Float.zero,
                relevance: range > 0 ? (candidate.score / 2 - worst / 2) / range : 1
            )
        }
        var chosen: [Candidate] = []
        while chosen.count < depth, !waiting.isEmpty {
            var next = 0
            var value = -Float.infinity
            for (place, entry) in waiting.enumerated() {
                let marginal = lambda * entry.relevance - (1 - lambda) * entry.nearest
                if marginal > value { (next, value) = (place, marginal) }
            }
            let candidate = waiting.remove(at: next).candidate
            chosen.append(candidate)
            guard chosen.count < depth else { break }
            for place in waiting.indices {
                let similarity = similarity(waiting[place].candidate.item, candidate.item)
                waiting[place].nearest = max(waiting[place].nearest, similarity)
            }
        }
        return chosen + waiting.map(\.candidate)
    }
}
