/// What can be tuned about recommendations by content.
public struct ContentParameters: Hashable, Sendable {
    /// How alike two items are.
    public enum Similarity: String, Hashable, Sendable {
        /// The mean of the cosines of the kinds of features, weighted; 0 for a kind that one of the two lacks.
        ///
        /// Kinds that no item of the fit has do not count. So what is known of one kind alone gives the plain cosine.
        case cosine
        /// 1 / (1 + distance), the squared distance being the weighted sum of the kinds' squared Euclidean distances
        /// between vectors of length one (zero where a kind is missing).
        ///
        /// 1 for equal items, and above zero for any two that are described. Items that lack the same kind are close for
        /// that alone: prefer the cosine where descriptions have gaps.
        case euclidean
    }

    /// What the items of a history make together.
    public enum Combination: String, Hashable, Sendable {
        /// The sum of weight times similarity to each of them.
        case sumOfSimilarities
        /// The similarity to one profile: the sum of weight times vector, made a unit vector (for distances the mean).
        case profile
    }

    /// How much the features of one kind count in the similarity: 0 leaves the kind out, else from 1e-6 to 1e6.
    ///
    /// Only their ratios matter to the cosine.
    public struct Weights: Hashable, Sendable {
        /// The words of the text.
        public var text: Float
        /// The tags and their prefixes.
        public var tags: Float
        /// The creators.
        public var creators: Float
        /// The supplied vector.
        public var vector: Float

        /// Creates weights; by default all kinds count the same.
        public init(text: Float = 1, tags: Float = 1, creators: Float = 1, vector: Float = 1) {
            self.text = text
            self.tags = tags
            self.creators = creators
            self.vector = vector
        }
    }

    /// How texts become words.
    public var tokenizer: Tokenizer
    /// What a word counts; tags and creators count with the idf of TF-IDF.
    public var textWeighting: TermWeighting
    /// Words in the texts of fewer items are left out, at least 1.
    public var minimumItems: Int
    /// Words in a larger share of the texts are left out; above 0, up to 1.
    public var maximumShare: Float
    /// Dimensions of the latent semantic analysis of the texts, up to 1,024; 0 compares the words themselves.
    public var latentDimensions: Int
    /// How often the analysis multiplies by the matrix and back, from 0 to 100: more is closer to the exact one.
    public var powerIterations: Int
    /// What a prefix of a tag counts compared with one that is a name longer, from 0 to 1.
    public var tagDecay: Float
    /// How much each kind of features counts.
    public var weights: Weights
    /// How alike two items are.
    public var similarity: Similarity
    /// What the items of a history make together.
    public var combination: Combination

    /// Creates parameters.
    public init(
        tokenizer: Tokenizer = Tokenizer(),
        textWeighting: TermWeighting = .bm25(),
        minimumItems: Int = 1,
        maximumShare: Float = 1,
        latentDimensions: Int = 0,
        powerIterations: Int = 4,
        tagDecay: Float = 0.5,
        weights: Weights = Weights(),
        similarity: Similarity = .cosine,
        combination: Combination = .sumOfSimilarities
    ) {
        self.tokenizer = tokenizer
        self.textWeighting = textWeighting
        self.minimumItems = minimumItems
        self.maximumShare = maximumShare
        self.latentDimensions = latentDimensions
        self.powerIterations = powerIterations
        self.tagDecay = tagDecay
        self.weights = weights
        self.similarity = similarity
        self.combination = combination
    }

    func validate() throws(RecommenderError) {
        guard tokenizer.minimumLength >= 1 else {
            throw RecommenderError(.invalidParameter, "minimum length \(tokenizer.minimumLength)")
        }
        try textWeighting.validate()
        guard minimumItems >= 1 else { throw RecommenderError(.invalidParameter, "minimum items \(minimumItems)") }
        guard maximumShare > 0, maximumShare <= 1 else {
            throw RecommenderError(.invalidParameter, "maximum share \(maximumShare)")
        }
        guard (0...1024).contains(latentDimensions), (0...100).contains(powerIterations) else {
            throw RecommenderError(
                .invalidParameter,
                "latent dimensions \(latentDimensions), power iterations \(powerIterations)"
            )
        }
        guard (0...1).contains(tagDecay) else { throw RecommenderError(.invalidParameter, "tag decay \(tagDecay)") }
        for weight in [weights.text, weights.tags, weights.creators, weights.vector] {
            // The bounds keep products of weights within what a Float can hold.
            guard weight == 0 || (1e-6...1e6).contains(weight) else {
                throw RecommenderError(.invalidParameter, "weight \(weight)")
            }
        }
    }
}
