/// How alike two vectors are.
public enum VectorMetric: String, Hashable, Sendable, CaseIterable {
    /// The scalar product: what factor models rank by.
    case innerProduct
    /// The scalar product of the directions; zero for a vector without one.
    case cosine
    /// The negative of the distance, so that here too more is better.
    case euclidean
}

/// Finds the vectors that are most alike to a query.
public protocol VectorIndex: Sendable {
    /// How many vectors are in it.
    var count: Int { get }
    /// How many numbers a vector has.
    var dimension: Int { get }
    /// What "alike" means.
    var metric: VectorMetric { get }

    /// The best `limit` vectors for each query, best first, ties by ascending index.
    ///
    /// `excluded` is empty or has one set of indices per query that must not be in its list. The result does not depend
    /// on `context.workers`, which share the queries. Throws `invalidParameter` when dimensions or counts do not
    /// fit or `limit` is negative, and `cancelled`.
    func search(
        _ queries: DenseVectors,
        limit: Int,
        excluding excluded: [ItemSet],
        context: FitContext
    ) throws(RecommenderError) -> [[ScoredItem]]
}

extension VectorIndex {
    /// The best `limit` vectors for each query, nothing excluded.
    public func search(
        _ queries: DenseVectors,
        limit: Int,
        context: FitContext = FitContext()
    ) throws(RecommenderError) -> [[ScoredItem]] {
        try search(queries, limit: limit, excluding: [], context: context)
    }

    /// The best `limit` vectors for one query, on the calling thread.
    public func search(
        _ query: [Float],
        limit: Int,
        excluding excluded: ItemSet = ItemSet()
    ) throws(RecommenderError) -> [ScoredItem] {
        guard query.count == dimension else {
            throw RecommenderError(.invalidParameter, "a query of \(query.count) numbers, not \(dimension)")
        }
        let queries = try DenseVectors(dimension: dimension, values: query)
        return try search(queries, limit: limit, excluding: [excluded], context: FitContext())[0]
    }

    func validate(_ queries: DenseVectors, _ limit: Int, _ excluded: [ItemSet]) throws(RecommenderError) {
        guard queries.dimension == dimension else {
            throw RecommenderError(.invalidParameter, "queries of dimension \(queries.dimension), not \(dimension)")
        }
        guard limit >= 0 else { throw RecommenderError(.invalidParameter, "limit \(limit)") }
        guard excluded.isEmpty || excluded.count == queries.count else {
            throw RecommenderError(.invalidParameter, "\(excluded.count) sets for \(queries.count) queries")
        }
    }
}

/// The lists of a batch, which workers fill in.
///
/// Unchecked because each worker writes only the lists of its own chunk of queries, and whoever hands it out waits for
/// all workers before the memory goes.
struct SearchResults: @unchecked Sendable {
    private let lists: UnsafeMutableBufferPointer<[ScoredItem]>

    /// Calls `body` with a place for `count` lists and returns them.
    static func collect(count: Int, _ body: (SearchResults) -> Void) -> [[ScoredItem]] {
        var lists = [[ScoredItem]](repeating: [], count: count)
        lists.withUnsafeMutableBufferPointer { body(SearchResults(lists: $0)) }
        return lists
    }

    func set(_ index: Int, to list: [ScoredItem]) { lists[index] = list }
}
