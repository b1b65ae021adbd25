/// Where a candidate came from, such as `als`.
public struct CandidateSource: RawRepresentable, Hashable, Comparable, Sendable {
    /// The name, as it is shown to clients.
    public var rawValue: String

    /// Creates a source from its name.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// The trained factorisation.
    public static let als = CandidateSource(rawValue: "als")
    /// Items like those of the session.
    public static let session = CandidateSource(rawValue: "session")
    /// Items like those of the history.
    public static let similar = CandidateSource(rawValue: "similar")
    /// What many users like.
    public static let popular = CandidateSource(rawValue: "popular")
    /// What many users look at now.
    public static let trending = CandidateSource(rawValue: "trending")

    /// By name.
    public static func < (left: CandidateSource, right: CandidateSource) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// An item that one or several sources proposed.
public struct Candidate: Hashable, Sendable {
    /// What one source added to the score.
    public struct Share: Hashable, Sendable {
        /// The source.
        public var source: CandidateSource
        /// Its part of the score.
        public var amount: Float

        /// Creates a share.
        public init(source: CandidateSource, amount: Float) {
            self.source = source
            self.amount = amount
        }
    }

    /// The item's index.
    public var item: Int
    /// The merged score: the sum of the shares.
    public var score: Float
    /// Who proposed it: largest share first, ties by name.
    public var sources: [Share]

    /// Creates a candidate.
    public init(item: Int, score: Float, sources: [Share]) {
        self.item = item
        self.score = score
        self.sources = sources
    }
}

/// The ranked proposals of one source.
public struct Proposals: Hashable, Sendable {
    /// Who proposes.
    public var source: CandidateSource
    /// What the source counts beside the others.
    public var weight: Float
    /// The proposals, best first, each item once.
    public var items: [ScoredItem]

    /// Creates proposals.
    public init(source: CandidateSource, weight: Float = 1, items: [ScoredItem]) {
        self.source = source
        self.weight = weight
        self.items = items
    }
}
