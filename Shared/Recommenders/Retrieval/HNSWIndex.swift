internal import CHNSW
internal import Foundation
internal import Synchronization

/// Approximate search in a hierarchical navigable small world graph (Malkov and Yashunin 2018): a search looks at a few
/// thousand vectors, however many there are.
///
/// The graph is built by hnswlib. For the inner product it is built on the distances of vectors with one component more,
/// the square root of a large squared length minus their own, which makes them equally long, so that a large product
/// means a small distance (Bachrach et al. 2014); queries have zero there. With one worker the same seed gives the same index; with
/// several, graphs differ in detail, as hnswlib's do. ``recall`` says what the index finds.
public struct HNSWIndex: VectorIndex, Hashable {
    /// How the graph was built and is searched.
    public let parameters: HNSWParameters
    /// How many numbers a vector has.
    public let dimension: Int
    /// What "alike" means.
    public let metric: VectorMetric
    /// What the index found of exact lists, measured when it was built; `nil` with another ``HNSWParameters/efSearch``.
    public let recall: IndexRecall?

    let graph: HNSWGraph
    /// The vectors, normalized for the cosine, padded with zeros to `width`.
    let vectors: [Float]

    /// How many vectors are in it.
    public var count: Int { graph.count }
    /// How far apart vectors begin.
    var width: Int { FactorMatrix.padded(dimension) }

    init(
        parameters: HNSWParameters,
        dimension: Int,
        metric: VectorMetric,
        recall: IndexRecall?,
        graph: HNSWGraph,
        vectors: [Float]
    ) {
        self.parameters = parameters
        self.dimension = dimension
        self.metric = metric
        self.recall = recall
        self.graph = graph
        self.vectors = vectors
    }

    /// Builds the graph and measures its recall against exact search.
    ///
    /// The recall is that of lists of 100 for at most 200 of `queries`, evenly spread, or of the vectors themselves
    /// where there are none. Throws `emptyMatrix`, `invalidParameter` and `cancelled`.
    public static func build(
        _ vectors: DenseVectors,
        metric: VectorMetric = .innerProduct,
        parameters: HNSWParameters = HNSWParameters(),
        queries: DenseVectors? = nil,
        context: FitContext = FitContext()
    ) throws(RecommenderError) -> HNSWIndex {
        try parameters.validate()
        let exact = try ExactIndex(vectors, metric: metric)
        let sample = (queries ?? vectors).sample(200)
        try exact.validate(sample, 1, [])
        let prepared = metric == .cosine ? vectors.normalized() : vectors
        let graph = try build(prepared, metric: metric, parameters: parameters, context: context)
        let width = FactorMatrix.padded(vectors.dimension)
        var padded = [Float](repeating: 0, count: vectors.count * width)
        for index in 0..<vectors.count {
            padded.replaceSubrange(index * width..<index * width + vectors.dimension, with: prepared[index])
        }
        let index = HNSWIndex(
            parameters: parameters,
            dimension: vectors.dimension,
            metric: metric,
            recall: nil,
            graph: graph,
            vectors: padded
        )
        let limit = min(100, vectors.count)
        let recall = IndexRecall(
            share: try index.recall(of: sample, limit: limit, against: exact, context: context),
            limit: limit,
            queryCount: sample.count,
            sample: queries == nil ? .ownVectors : .queries
        )
        return index.replacing(recall: recall, parameters: parameters)
    }

    /// The same graph, searched with another number of candidates; its recall is not known.
    public func searching(efSearch: Int) throws(RecommenderError) -> HNSWIndex {
        var parameters = parameters
        parameters.efSearch = efSearch
        try parameters.validate()
        return replacing(recall: nil, parameters: parameters)
    }

    private func replacing(recall: IndexRecall?, parameters: HNSWParameters) -> HNSWIndex {
        HNSWIndex(
            parameters: parameters,
            dimension: dimension,
            metric: metric,
            recall: recall,
            graph: graph,
            vectors: vectors
        )
    }

    private static func build(
        _ vectors: DenseVectors,
        metric: VectorMetric,
        parameters: HNSWParameters,
        context: FitContext
    ) throws(RecommenderError) -> HNSWGraph {
        let (count, dimension) = (vectors.count, vectors.dimension)
        let augments = metric == .innerProduct
        let lengths = augments ? (0..<count).map(vectors.squaredLength).sorted() : []
        let rank = min(count - 1, Int(Double(parameters.normQuantile) * Double(count - 1)))
        let long = augments ? lengths[rank] : 0
        let width = FactorMatrix.padded(augments ? dimension + 1 : dimension)
        let distance = metric == .cosine ? chnsw_product : chnsw_euclidean
        let builder = try HNSWBuilder(count: count, width: width, metric: distance, parameters: parameters)
        let levels = levels(count: count, parameters: parameters, seed: context.seed)
        let done = Progress()
        let add: @Sendable (Range<Int>) -> Void = { range in
            var padded = [Float](repeating: 0, count: width)
            for index in range {
                padded.replaceSubrange(0..<dimension, with: vectors[index])
                if augments { padded[dimension] = max(0, long - vectors.squaredLength(of: index)).squareRoot() }
                builder.add(padded, index: index, level: levels[index])
            }
            context.progress(Double(done.add(range.count)) / Double(count))
        }
        add(0..<1)
        context.workers.forEachChunk(of: count - 1, size: 64, unless: context.isCancelled) { _, range in
            add(range.lowerBound + 1..<range.upperBound + 1)
        }
        try context.checkCancellation()
        return try builder.graph(levels: levels, parameters: parameters)
    }

    /// The highest level of each vector: one more with a probability of 1 / m each time.
    private static func levels(count: Int, parameters: HNSWParameters, seed: UInt64) -> [Int32] {
        var random = RandomSource(seed: seed)
        let scale = 1 / log(Double(parameters.m))
        return (0..<count).map { _ in min(30, Int32(-log(1 - Double(random.uniform())) * scale)) }
    }

    /// How much of a build is done.
    private final class Progress: Sendable {
        private let done = Atomic<Int>(0)

        func add(_ count: Int) -> Int { done.add(count, ordering: .relaxed).newValue }
    }
}
