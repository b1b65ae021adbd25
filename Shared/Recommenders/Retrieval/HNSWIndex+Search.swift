internal import CHNSW
internal import Synchronization

extension HNSWIndex {
    /// About the best `limit` vectors for each query, as ``VectorIndex`` says; scores are exact.
    ///
    /// Searches with the larger of ``HNSWParameters/efSearch`` and `limit`; excluded vectors take no place among these
    /// candidates, so excluding most of a large index costs time. A list can be shorter than asked for where the graph
    /// does not lead to all vectors.
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
        let failed = Flag()
        let lists = SearchResults.collect(count: queries.count) { results in
            context.workers.forEachChunk(of: queries.count, size: 32, unless: context.isCancelled) { _, range in
                var query = [Float](repeating: 0, count: width)
                var found = [chnsw_neighbour](repeating: chnsw_neighbour(), count: limit)
                for number in range {
                    query.replaceSubrange(0..<dimension, with: prepared[number])
                    let words = excluded.isEmpty ? [] : excluded[number].words
                    let list = search(query, limit: limit, excluding: words, into: &found)
                    if let list { results.set(number, to: list) } else { failed.set() }
                }
            }
        }
        try context.checkCancellation()
        if failed.isSet { throw RecommenderError(.invalidParameter, "no memory for a search") }
        return lists
    }

    private func search(
        _ query: [Float],
        limit: Int,
        excluding words: [UInt64],
        into found: inout [chnsw_neighbour]
    ) -> [ScoredItem]? {
        var count = 0
        let status = vectors.withUnsafeBufferPointer { vectors in
            graph.links.withUnsafeBufferPointer { links in
                graph.upperOffsets.withUnsafeBufferPointer { offsets in
                    graph.upperLinks.withUnsafeBufferPointer { upper in
                        var view = chnsw_graph(
                            count: graph.count,
                            width: width,
                            degree: graph.degree,
                            metric: metric == .euclidean ? chnsw_euclidean : chnsw_product,
                            vectors: vectors.baseAddress,
                            links: links.baseAddress,
                            upper_offsets: offsets.baseAddress,
                            upper_links: upper.baseAddress,
                            entry: graph.entry,
                            entry_level: Int32(graph.entryLevel)
                        )
                        let beam = max(limit, parameters.efSearch)
                        return chnsw_search(&view, query, beam, limit, words, words.count, &found, &count)
                    }
                }
            }
        }
        guard status == chnsw_ok else { return nil }
        return found.prefix(count).map { neighbour in
            let distance = neighbour.distance
            let score = metric == .euclidean ? -distance.squareRoot() : 0 - distance
            return ScoredItem(item: Int(neighbour.index), score: score)
        }
    }

    /// Whether something went wrong in one of the workers.
    private final class Flag: Sendable {
        private let value = Atomic<Bool>(false)

        var isSet: Bool { value.load(ordering: .relaxed) }

        func set() { value.store(true, ordering: .relaxed) }
    }
}
