internal import CKernels

/// Exact search: every query is multiplied with every vector that can still be among its best.
///
/// The product of a block of vectors with six queries stays in registers, where it is compared with the k-th best
/// score so far; what passes is collected and cut back by partial selection. For the inner product the vectors stand
/// by descending length, and a query is finished once length times length of the query is below its k-th best score
/// (Cauchy-Schwarz; the length-based pruning of LEMP, Teflioudi, Gemulla and Mykytiuk 2015), which leaves out most of
/// the vectors of a factor model and none of the results. Takes as much memory as the vectors, rounded up to sixteen.
public struct ExactIndex: VectorIndex, Hashable {
    /// How many vectors are in it.
    public let count: Int
    /// How many numbers a vector has.
    public let dimension: Int
    /// What "alike" means.
    public let metric: VectorMetric

    /// How many components take part in the product: one more for Euclidean distance.
    let depth: Int
    /// The index of the vector at each place.
    let ids: [Int32]
    /// Panels of vectors: `depth` rows of one component of each.
    let panels: [Float]
    /// For each block of panels, no vector in it or after it is longer; empty where that does not bound the score.
    let longest: [Float]

    static let panelWidth = Int(ckernels_panel_width)

    /// Prepares vectors; throws `emptyMatrix` when there are none, and `invalidParameter` above 2³¹ − 1 of them.
    public init(_ vectors: DenseVectors, metric: VectorMetric = .innerProduct) throws(RecommenderError) {
        guard vectors.count > 0 else { throw RecommenderError(.emptyMatrix, "no vectors to search") }
        guard vectors.count <= Int32.max else {
            throw RecommenderError(.invalidParameter, "\(vectors.count) vectors")
        }
        self.metric = metric
        count = vectors.count
        dimension = vectors.dimension
        depth = metric == .euclidean ? dimension + 1 : dimension
        let vectors = metric == .cosine ? vectors.normalized() : vectors
        var order = Array(0..<Int32(vectors.count))
        var lengths: [Float] = []
        if metric == .innerProduct {
            lengths = (0..<vectors.count).map(vectors.length)
            order.sort { (lengths[Int($0)], $1) > (lengths[Int($1)], $0) }
        }
        ids = order
        panels = Self.pack(vectors, order: order, depth: depth)
        let blockSize = Self.panelsPerBlock(depth: depth) * Self.panelWidth
        longest = lengths.isEmpty ? [] : stride(from: 0, to: count, by: blockSize).map { lengths[Int(order[$0])] }
    }

    /// So many panels that they stay in the first-level cache while the queries pass.
    static func panelsPerBlock(depth: Int) -> Int { max(1, 4096 / (depth * panelWidth)) }

    /// For Euclidean distance each vector gets minus half its squared length as the last component: the product with
    /// the query and a one ranks as the distance does.
    private static func pack(_ vectors: DenseVectors, order: [Int32], depth: Int) -> [Float] {
        let (dimension, values) = (vectors.dimension, vectors.values)
        var panels = [Float](repeating: 0, count: (order.count + panelWidth - 1) / panelWidth * panelWidth * depth)
        for (place, id) in order.enumerated() {
            let start = place / panelWidth * panelWidth * depth + place % panelWidth
            for component in 0..<dimension {
                panels[start + component * panelWidth] = values[Int(id) * dimension + component]
            }
            if depth > dimension {
                panels[start + dimension * panelWidth] = vectors.squaredLength(of: Int(id)) / -2
            }
        }
        return panels
    }

    /// The best `limit` vectors for each query, as ``VectorIndex`` says.
    public func search(
        _ queries: DenseVectors,
        limit: Int,
        excluding excluded: [ItemSet],
        context: FitContext
    ) throws(RecommenderError) -> [[ScoredItem]] {
        try validate(queries, limit, excluded)
        let limit = min(limit, count)
        guard limit > 0 else { return [[ScoredItem]](repeating: [], count: queries.count) }
        let prepared = metric == .cosine ? queries.normalized() : queries
        let lists = SearchResults.collect(count: queries.count) { results in
            let size = ExactSearch.chunkSize(queries: queries.count, workers: context.workers.count)
            context.workers.forEachChunk(of: queries.count, size: size, unless: context.isCancelled) { _, range in
                let search = ExactSearch(index: self, queries: prepared, range: range, limit: limit)
                search.run(excluding: excluded, into: results)
            }
        }
        try context.checkCancellation()
        return lists
    }
}
