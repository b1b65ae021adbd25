internal import CKernels

/// The search of one worker: a chunk of queries against all blocks of an ``ExactIndex``.
struct ExactSearch {
    let index: ExactIndex
    let queries: DenseVectors
    let range: Range<Int>
    let limit: Int

    private static let rows = Int(ckernels_query_rows)

    /// Few enough queries to stay in the second-level cache, and as many chunks for each worker as for the others.
    static func chunkSize(queries: Int, workers: Int) -> Int {
        let most = 768
        let chunks = (queries + most * workers - 1) / (most * workers) * workers
        let size = (queries + chunks - 1) / max(1, chunks)
        return max(1, (size + rows - 1) / rows) * rows
    }

    func run(excluding excluded: [ItemSet], into results: SearchResults) {
        // Room for more than `limit` makes partial selections rare.
        let capacity = limit + max(limit, 64)
        var keys = [UInt64](repeating: 0, count: range.count * capacity)
        // A copy of the sets: pointers into it live as long as the search.
        let words = excluded.isEmpty ? [] : range.map { excluded[$0].words }
        let forbidden = Array(words.joined())
        keys.withUnsafeMutableBufferPointer { keys in
            forbidden.withUnsafeBufferPointer { forbidden in
                guard let keys = keys.baseAddress else { return }
                var start = 0
                var best = (0..<range.count).map { query in
                    let count = words.isEmpty ? 0 : words[query].count
                    defer { start += count }
                    return ckernels_best(
                        keys: keys + query * capacity,
                        count: 0,
                        threshold: -.infinity,
                        excluded: forbidden.baseAddress.map { $0 + start },
                        excluded_words: count
                    )
                }
                best.withUnsafeMutableBufferPointer { best in
                    guard let best = best.baseAddress else { return }
                    scan(best, capacity: capacity)
                    for query in 0..<range.count {
                        ckernels_finish_best(best + query, limit)
                        results.set(range.lowerBound + query, to: list(best[query], query: range.lowerBound + query))
                    }
                }
            }
        }
    }

    /// Lets every group of queries meet every block that can still change its lists.
    private func scan(_ best: UnsafeMutablePointer<ckernels_best>, capacity: Int) {
        let packed = pack()
        let groupCount = (range.count + Self.rows - 1) / Self.rows
        let (depth, width) = (index.depth, ExactIndex.panelWidth)
        let panelsPerBlock = ExactIndex.panelsPerBlock(depth: depth)
        let panelCount = index.panels.count / (depth * width)
        // A product of this many terms is rounded by less than this share of the lengths' product.
        let slack = 1 + Float(depth) * 2 * Float.ulpOfOne
        let reaches = range.map { queries.length(of: $0) * slack }
        var open = Array(0..<groupCount)
        index.panels.withUnsafeBufferPointer { panels in
            index.ids.withUnsafeBufferPointer { ids in
                packed.withUnsafeBufferPointer { packed in
                    guard let panels = panels.baseAddress, let ids = ids.baseAddress, let packed = packed.baseAddress
                    else { return }
                    for (block, first) in stride(from: 0, to: panelCount, by: panelsPerBlock).enumerated() {
                        if !index.longest.isEmpty {
                            let longest = index.longest[block]
                            open.removeAll { group in
                                rows(of: group).allSatisfy { best[$0].threshold > longest * reaches[$0] }
                            }
                            if open.isEmpty { return }
                        }
                        for group in open {
                            let rows = rows(of: group)
                            ckernels_top_items(
                                panels + first * depth * width,
                                min(panelsPerBlock, panelCount - first),
                                depth,
                                packed + rows.lowerBound * depth,
                                rows.count,
                                ids + first * width,
                                index.count - first * width,
                                best + rows.lowerBound,
                                limit,
                                capacity
                            )
                        }
                    }
                }
            }
        }
    }

    private func rows(of group: Int) -> Range<Int> {
        group * Self.rows..<min(range.count, (group + 1) * Self.rows)
    }

    /// Groups of queries, in each the first components of all, then the second ones.
    private func pack() -> [Float] {
        let (depth, dimension) = (index.depth, index.dimension)
        // What is behind the query's own components meets the term of the squared length.
        var packed = [Float](repeating: 1, count: range.count * depth)
        for group in 0..<(range.count + Self.rows - 1) / Self.rows {
            let rows = rows(of: group)
            for component in 0..<dimension {
                for row in rows {
                    let place = rows.lowerBound * depth + component * rows.count + row - rows.lowerBound
                    packed[place] = queries.values[(range.lowerBound + row) * dimension + component]
                }
            }
        }
        return packed
    }

    private func list(_ best: ckernels_best, query: Int) -> [ScoredItem] {
        let list = (0..<best.count).map { place in
            let key = best.keys[place]
            return ScoredItem(item: Int(ckernels_key_id(key)), score: ckernels_key_score(key))
        }
        return index.metric == .euclidean ? measured(list, query: query) : list
    }

    /// The distances by their definition: the product has lost digits where vectors are long and near to each other.
    private func measured(_ list: [ScoredItem], query: Int) -> [ScoredItem] {
        let (width, query) = (ExactIndex.panelWidth, queries[query])
        let measured = list.map { entry in
            let start = entry.item / width * width * index.depth + entry.item % width
            var sum = Float.zero
            for (component, value) in query.enumerated() {
                let difference = value - index.panels[start + component * width]
                sum += difference * difference
            }
            return ScoredItem(item: entry.item, score: -sum.squareRoot())
        }
        return measured.sorted(by: TopItems.isBetter)
    }
}
