/// What can be tuned about correlated cross-occurrence.
public struct CCOParameters: Hashable, Sendable {
    /// What a match of the history with an item's indicators counts.
    public enum Match: String, Hashable, Sendable {
        /// The log-likelihood ratio of the pair.
        case ratio
        /// One: that the pair is correlated is all that counts, as where a search engine holds the indicators.
        case one
    }

    /// How many indicators of each behaviour an item keeps, at least one.
    public var indicators: Int
    /// The log-likelihood ratio that an indicator must exceed, zero or more; 3.84 and 6.63 are met by chance in 5 % and 1 %.
    public var threshold: Float
    /// What a match counts.
    public var match: Match

    /// Creates parameters.
    public init(indicators: Int = 50, threshold: Float = 0, match: Match = .ratio) {
        self.indicators = indicators
        self.threshold = threshold
        self.match = match
    }

    /// Throws `invalidParameter` for a value outside its range.
    public func validate() throws(RecommenderError) {
        guard (1...Int(Int32.max)).contains(indicators), threshold >= 0, threshold.isFinite else {
            throw RecommenderError(.invalidParameter, "\(self)")
        }
    }
}

/// One kind of event beside the primary one: views beside purchases, searches, categories that were liked.
public struct CCOBehaviour: Sendable {
    /// The event's type.
    public var name: String
    /// Who did it with what: the users of the primary matrix, and items of its own.
    public var matrix: InteractionMatrix
    /// What its matches count beside the primary ones, which count one; zero or more.
    public var boost: Float

    /// Creates a behaviour.
    public init(name: String, matrix: InteractionMatrix, boost: Float = 1) {
        self.name = name
        self.matrix = matrix
        self.boost = boost
    }
}
