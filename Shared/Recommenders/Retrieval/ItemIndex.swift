/// The index that suits the number of vectors: exact below a size, a graph above.
public enum ItemIndex: VectorIndex, Hashable {
    /// Finds all.
    case exact(ExactIndex)
    /// Finds nearly all, and says how much.
    case graph(HNSWIndex)

    /// Up to so many vectors search is exact where nothing else is asked for.
    ///
    /// By inner product on trained factors an exact search leaves out most vectors as too short: a query among a million
    /// takes about as long as in a graph that finds nearly all. By cosine or distance it meets all of them, which
    /// takes a millisecond and a half among a hundred thousand.
    public static func exactLimit(for metric: VectorMetric) -> Int {
        metric == .innerProduct ? 1_000_000 : 100_000
    }

    /// Prepares vectors, by default exactly up to ``exactLimit(for:)``; throws as ``ExactIndex`` and ``HNSWIndex`` do.
    public static func build(
        _ vectors: DenseVectors,
        metric: VectorMetric = .innerProduct,
        exactUpTo exactLimit: Int? = nil,
        parameters: HNSWParameters = HNSWParameters(),
        queries: DenseVectors? = nil,
        context: FitContext = FitContext()
    ) throws(RecommenderError) -> ItemIndex {
        guard vectors.count > exactLimit ?? Self.exactLimit(for: metric) else {
            return .exact(try ExactIndex(vectors, metric: metric))
        }
        return .graph(
            try HNSWIndex.build(vectors, metric: metric, parameters: parameters, queries: queries, context: context)
        )
    }

    private var index: any VectorIndex {
        switch self {
        case .exact(let index): index
        case .graph(let index): index
        }
    }

    /// How many vectors are in it.
    public var count: Int { index.count }
    /// How many numbers a vector has.
    public var dimension: Int { index.dimension }
    /// What "alike" means.
    public var metric: VectorMetric { index.metric }

    /// What the graph found of exact lists when it was built; `nil` for the exact index.
    public var recall: IndexRecall? {
        switch self {
        case .exact: nil
        case .graph(let index): index.recall
        }
    }

    /// The best `limit` vectors for each query, as ``VectorIndex`` says.
    public func search(
        _ queries: DenseVectors,
        limit: Int,
        excluding excluded: [ItemSet],
        context: FitContext
    ) throws(RecommenderError) -> [[ScoredItem]] {
        try index.search(queries, limit: limit, excluding: excluded, context: context)
    }
}
