import Glibc

/// Divides scores by popularity to a power: more of the long tail, less of what everybody knows anyway.
public struct PopularityCorrection: Reranker {
    /// How popular each item is, such as its number of users; what is below one, or missing, counts as one.
    public let popularity: [Float]
    /// The power, not negative; zero changes nothing.
    public let exponent: Float

    /// Creates the step; throws `invalidWeight` or `invalidParameter`.
    public init(popularity: [Float], exponent: Float) throws(RecommenderError) {
        guard popularity.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
            throw RecommenderError(.invalidWeight, "a popularity is negative or not finite")
        }
        guard exponent >= 0, exponent.isFinite else {
            throw RecommenderError(.invalidParameter, "exponent \(exponent)")
        }
        self.popularity = popularity
        self.exponent = exponent
    }

    /// The list with corrected scores.
    public func rerank(_ candidates: [Candidate]) -> [Candidate] {
        candidates.scaled { candidate in
            let popularity = candidate.item < popularity.count ? max(1, popularity[candidate.item]) : 1
            return 1 / powf(popularity, exponent)
        }
    }
}

/// Lifts new items: a score counts 1 + weight · 2^(−age / half-life) times.
public struct RecencyBoost: Reranker {
    /// The age of each item, in the unit of the half-life; items beyond get nothing, ages below zero count as zero.
    public let ages: [Float]
    /// After how long half of the boost is left, above zero.
    public let halfLife: Float
    /// What a brand-new item gets on top, not negative.
    public let weight: Float

    /// Creates the step; throws `invalidWeight` or `invalidParameter`.
    public init(ages: [Float], halfLife: Float, weight: Float = 1) throws(RecommenderError) {
        guard ages.allSatisfy(\.isFinite) else { throw RecommenderError(.invalidWeight, "an age is not finite") }
        guard halfLife > 0, halfLife.isFinite, weight >= 0, weight.isFinite else {
            throw RecommenderError(.invalidParameter, "half-life \(halfLife), weight \(weight)")
        }
        self.ages = ages
        self.halfLife = halfLife
        self.weight = weight
    }

    /// The list with lifted scores.
    public func rerank(_ candidates: [Candidate]) -> [Candidate] {
        candidates.scaled { candidate in
            guard candidate.item < ages.count else { return 1 }
            return 1 + weight * exp2f(-max(0, ages[candidate.item]) / halfLife)
        }
    }
}

/// Makes way for others after an item was shown in vain: a score counts decay^shown times.
public struct ImpressionFatigue: Reranker {
    /// How often each item was shown to the user since the last reaction.
    public let shown: [Int: Int]
    /// What one time leaves of the score, above 0 to 1.
    public let decay: Float

    /// Creates the step; throws `invalidWeight` or `invalidParameter`.
    public init(shown: [Int: Int], decay: Float = 0.8) throws(RecommenderError) {
        guard shown.values.allSatisfy({ $0 >= 0 }) else {
            throw RecommenderError(.invalidWeight, "an item was shown less than never")
        }
        guard decay > 0, decay <= 1 else { throw RecommenderError(.invalidParameter, "decay \(decay)") }
        self.shown = shown
        self.decay = decay
    }

    /// The list with faded scores.
    public func rerank(_ candidates: [Candidate]) -> [Candidate] {
        candidates.scaled { powf(decay, Float(shown[$0.item, default: 0])) }
    }
}
