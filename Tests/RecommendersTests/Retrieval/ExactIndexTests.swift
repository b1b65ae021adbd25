import Testing

@testable import Recommenders

@Suite struct ExactIndexTests {
    @Test(arguments: VectorMetric.allCases, [1, 3, 8, 33])
    func `lists are those of sorting all scores in Double`(metric: VectorMetric, dimension: Int) throws {
        let items = try VectorData.skewed(count: 203, dimension: dimension, seed: 1)
        let queries = try VectorData.skewed(count: 20, dimension: dimension, seed: 2)
        let index = try ExactIndex(items, metric: metric)
        for limit in [1, 7, 100, 203, 1000] {
            let lists = try index.search(queries, limit: limit)
            for (query, list) in lists.enumerated() {
                let exact = VectorData.scores(of: queries[query], items, metric)
                let expected = exact.sorted(by: >).prefix(limit)
                #expect(list.count == expected.count)
                #expect(Set(list.map(\.item)).count == list.count)
                #expect(
                    zip(list, expected).allSatisfy { entry, score in
                        abs(Double(entry.score) - score) < 1e-4 && abs(Double(entry.score) - exact[entry.item]) < 1e-4
                    }
                )
                #expect(list == list.sorted { ($0.score, $1.item) > ($1.score, $0.item) })
            }
        }
    }

    @Test(arguments: VectorMetric.allCases)
    func `equal scores stand by ascending index`(metric: VectorMetric) throws {
        let items = try DenseVectors([[Float]](repeating: [1, 2], count: 500))
        let index = try ExactIndex(items, metric: metric)
        #expect(try index.search([3, 1], limit: 50).map(\.item) == Array(0..<50))
    }

    @Test func `whole numbers with many ties give exactly the sorted list`() throws {
        var random = RandomSource(seed: 3)
        let values = (0..<1000 * 2).map { _ in Float(Int(random.uniform() * 5)) - 2 }
        let index = try ExactIndex(DenseVectors(dimension: 2, values: values))
        for query: [Float] in [[1, 1], [-1, 2], [0, 0], [2, -2]] {
            let scores = (0..<1000).map { values[2 * $0] * query[0] + values[2 * $0 + 1] * query[1] }
            let expected = (0..<1000).sorted { (scores[$0], $1) > (scores[$1], $0) }
            for limit in [1, 40, 999] {
                let list = try index.search(query, limit: limit)
                #expect(list.map(\.item) == Array(expected.prefix(limit)))
                #expect(list.map(\.score) == expected.prefix(limit).map { scores[$0] })
            }
        }
    }

    @Test(arguments: VectorMetric.allCases)
    func `what is excluded is left out, for each query its own`(metric: VectorMetric) throws {
        let items = try VectorData.skewed(count: 150, dimension: 5, seed: 4)
        let queries = try VectorData.skewed(count: 9, dimension: 5, seed: 5)
        let index = try ExactIndex(items, metric: metric)
        let excluded = (0..<9).map { query in ItemSet((0..<150).filter { $0 % 9 == query || $0 < 10 * query }) }
        let all = try index.search(queries, limit: 150)
        let lists = try index.search(queries, limit: 12, excluding: excluded, context: FitContext())
        for query in 0..<9 {
            #expect(lists[query] == Array(all[query].filter { !excluded[query].contains($0.item) }.prefix(12)))
        }
        let everything = try index.search(Array(queries[0]), limit: 3, excluding: ItemSet(0..<150))
        #expect(everything.isEmpty)
    }

    @Test func `neither workers nor the size of the batch change a bit`() throws {
        let items = try VectorData.skewed(count: 400, dimension: 19, seed: 6)
        let queries = try VectorData.skewed(count: 47, dimension: 19, seed: 7)
        let index = try ExactIndex(items)
        let alone = try (0..<47).map { try index.search(Array(queries[$0]), limit: 30) }
        for workers in [Workers.serial, .dispatch(count: 3)] {
            #expect(try index.search(queries, limit: 30, context: FitContext(workers: workers)) == alone)
        }
    }

    @Test func `renaming items renames them in the lists`() throws {
        let items = try VectorData.skewed(count: 97, dimension: 6, seed: 8)
        let query = Array(try VectorData.skewed(count: 1, dimension: 6, seed: 9)[0])
        let names = (0..<97).map { $0 * 31 % 97 }
        let renamed = try DenseVectors(names.map { Array(items[$0]) })
        let list = try ExactIndex(items).search(query, limit: 20)
        let other = try ExactIndex(renamed).search(query, limit: 20)
        #expect(other.map { names[$0.item] } == list.map(\.item))
    }

    @Test func `bad input is refused`() throws {
        let items = try VectorData.skewed(count: 10, dimension: 4, seed: 1)
        let index = try ExactIndex(items)
        #expect(throws: RecommenderError.self) { try DenseVectors([[1, .nan]]) }
        #expect(throws: RecommenderError.self) { try DenseVectors([[1e30, 1]]) }
        #expect(throws: RecommenderError.self) { try DenseVectors([[1], [1, 2]]) }
        #expect(throws: RecommenderError.self) { try DenseVectors(dimension: 0, values: []) }
        #expect(throws: RecommenderError.self) { try DenseVectors(dimension: 3, values: [1, 2]) }
        #expect(throws: RecommenderError.self) { try ExactIndex(DenseVectors(dimension: 3, values: [])) }
        #expect(throws: RecommenderError.self) { try index.search([1, 2, 3], limit: 1) }
        #expect(throws: RecommenderError.self) { try index.search([1, 2, 3, .infinity], limit: 1) }
        #expect(throws: RecommenderError.self) { try index.search(items, limit: -1) }
        #expect(throws: RecommenderError.self) {
            try index.search(items, limit: 1, excluding: [ItemSet()], context: FitContext())
        }
        #expect(try index.search(items, limit: 0).allSatisfy(\.isEmpty))
        #expect(try index.search(DenseVectors(dimension: 4, values: []), limit: 5).isEmpty)
        #expect(try index.search([0, 0, 0, 0], limit: 3).map(\.item) == [0, 1, 2])
    }

    @Test func `a cancelled search ends with an error`() throws {
        let items = try VectorData.skewed(count: 10, dimension: 4, seed: 1)
        let context = FitContext(isCancelled: { true })
        #expect(throws: RecommenderError(.cancelled, "the fit was cancelled")) {
            try ExactIndex(items).search(items, limit: 1, context: context)
        }
    }
}

@Suite struct ItemIndexTests {
    @Test func `the number of vectors chooses the index`() throws {
        let items = try VectorData.skewed(count: 50, dimension: 4, seed: 1)
        let exact = try ItemIndex.build(items)
        let graph = try ItemIndex.build(items, exactUpTo: 49)
        #expect(exact.recall == nil)
        #expect(ItemIndex.exactLimit(for: .innerProduct) > ItemIndex.exactLimit(for: .cosine))
        #expect(graph.recall?.limit == 50)
        #expect(try exact.search([1, 2, 3, 4], limit: 5) == ExactIndex(items).search([1, 2, 3, 4], limit: 5))
        #expect(try graph.search([1, 2, 3, 4], limit: 5).count == 5)
        #expect(graph.count == 50 && graph.dimension == 4 && graph.metric == .innerProduct)
    }
}
