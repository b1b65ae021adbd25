import Testing

@testable import Recommenders

@Suite struct HNSWIndexTests {
    private static let parameters = HNSWParameters(m: 12, efConstruction: 100, efSearch: 120)

    private func index(
        _ metric: VectorMetric,
        count: Int = 300,
        seed: UInt64 = 1,
        context: FitContext = FitContext()
    ) throws -> (index: HNSWIndex, items: DenseVectors) {
        let items = try VectorData.skewed(count: count, dimension: 9, seed: seed)
        return (try HNSWIndex.build(items, metric: metric, parameters: Self.parameters, context: context), items)
    }

    @Test(arguments: VectorMetric.allCases)
    func `finds nearly all of the exact lists, with exact scores`(metric: VectorMetric) throws {
        let (index, items) = try index(metric)
        let queries = try VectorData.skewed(count: 40, dimension: 9, seed: 2)
        #expect(try index.recall(of: queries, limit: 10, against: ExactIndex(items, metric: metric)) > 0.95)
        let recall = try #require(index.recall)
        #expect(recall.share > 0.9 && recall.share <= 1)
        #expect(recall.limit == 100 && recall.queryCount == 200 && recall.sample == .ownVectors)
        for (query, list) in try index.search(queries, limit: 10).enumerated() {
            let exact = VectorData.scores(of: queries[query], items, metric)
            #expect(list.count == 10)
            #expect(list.allSatisfy { abs(Double($0.score) - exact[$0.item]) < 1e-4 })
            #expect(list == list.sorted { ($0.score, $1.item) > ($1.score, $0.item) })
        }
    }

    @Test(arguments: VectorMetric.allCases)
    func `with as many candidates as vectors the lists are exact`(metric: VectorMetric) throws {
        let (index, items) = try index(metric, count: 150)
        let wide = try index.searching(efSearch: 1000)
        let queries = try VectorData.skewed(count: 15, dimension: 9, seed: 3)
        #expect(wide.recall == nil)
        #expect(try wide.recall(of: queries, limit: 150, against: ExactIndex(items, metric: metric)) == 1)
    }

    @Test func `excluded items make room for others`() throws {
        let (index, items) = try index(.innerProduct, count: 300)
        let queries = try VectorData.skewed(count: 10, dimension: 9, seed: 4)
        let exact = try ExactIndex(items).search(queries, limit: 300)
        let wide = try index.searching(efSearch: 300)
        let excluded = (0..<10).map { query in ItemSet(exact[query].prefix(20 * query).map(\.item)) }
        let lists = try wide.search(queries, limit: 7, excluding: excluded, context: FitContext())
        for query in 0..<10 {
            #expect(lists[query].map(\.item) == exact[query].dropFirst(20 * query).prefix(7).map(\.item))
        }
        #expect(try index.search(Array(queries[0]), limit: 3, excluding: ItemSet(0..<300)).isEmpty)
    }

    @Test func `one worker and one seed give the same bytes, and workers share the search`() throws {
        let (first, _) = try index(.innerProduct)
        let (second, _) = try index(.innerProduct)
        #expect(first.encoded() == second.encoded())
        let (other, _) = try index(.innerProduct, context: FitContext(seed: 7))
        #expect(first.graph != other.graph)
        let queries = try VectorData.skewed(count: 70, dimension: 9, seed: 5)
        let shared = try first.search(queries, limit: 5, context: FitContext(workers: .dispatch(count: 3)))
        #expect(try first.search(queries, limit: 5) == shared)
    }

    @Test func `several workers build as good a graph`() throws {
        let (index, items) = try index(.innerProduct, context: FitContext(workers: .dispatch(count: 3)))
        #expect(index.graph.isSound)
        let queries = try VectorData.skewed(count: 40, dimension: 9, seed: 2)
        #expect(try index.recall(of: queries, limit: 10, against: ExactIndex(items)) > 0.95)
    }

    @Test(arguments: [1, 2, 3])
    func `tiny indexes work`(count: Int) throws {
        for metric in VectorMetric.allCases {
            let (index, _) = try index(metric, count: count)
            #expect(try index.search([1, 0, 0, 0, 0, 0, 0, 0, 0], limit: 10).count == count)
        }
    }

    @Test func `vectors that are all the same are found`() throws {
        let items = try DenseVectors([[Float]](repeating: [1, 2, 3], count: 100))
        for metric in VectorMetric.allCases {
            let index = try HNSWIndex.build(items, metric: metric)
            #expect(try index.search([1, 1, 1], limit: 10).count == 10)
        }
    }

    @Test func `an index survives its bytes`() throws {
        for metric in VectorMetric.allCases {
            let (index, _) = try index(metric)
            #expect(try HNSWIndex(decoding: index.encoded()) == index)
        }
    }

    @Test func `damaged bytes are refused`() throws {
        let (index, _) = try index(.cosine, count: 60)
        let bytes = index.encoded()
        var random = RandomSource(seed: 9)
        for _ in 0..<60 {
            var damaged = bytes
            damaged[Int(random.next() % UInt64(bytes.count))] ^= UInt8(1 << (random.next() % 8))
            #expect(throws: RecommenderError.self) { try HNSWIndex(decoding: damaged) }
            let cut = Array(bytes.prefix(Int(random.next() % UInt64(bytes.count))))
            #expect(throws: RecommenderError.self) { try HNSWIndex(decoding: cut) }
        }
    }

    @Test func `a section that was changed is refused or searched, never a crash`() throws {
        let (index, _) = try index(.innerProduct, count: 60)
        let section = index.encodedSection()
        var random = RandomSource(seed: 10)
        for _ in 0..<300 {
            var damaged = section
            for _ in 0..<3 { damaged[Int(random.next() % UInt64(section.count))] = UInt8(random.next() % 256) }
            guard let read = try? HNSWIndex(decodingSection: damaged), read.dimension == 9 else { continue }
            #expect(try read.search([1, 2, 3, 4, 5, 6, 7, 8, 9], limit: 5).count <= 5)
        }
    }

    @Test func `bad input is refused`() throws {
        let (index, items) = try index(.innerProduct, count: 20)
        #expect(throws: RecommenderError.self) { try index.search([1, 2], limit: 1) }
        #expect(throws: RecommenderError.self) { try index.search(items, limit: -1) }
        #expect(throws: RecommenderError.self) { try index.searching(efSearch: 0) }
        #expect(throws: RecommenderError.self) { try HNSWIndex.build(DenseVectors(dimension: 3, values: [])) }
        let other = try VectorData.skewed(count: 3, dimension: 8, seed: 1)
        #expect(throws: RecommenderError.self) { try HNSWIndex.build(items, queries: other) }
        for parameters in [
            HNSWParameters(m: 1), HNSWParameters(m: 201), HNSWParameters(efConstruction: 0),
            HNSWParameters(efSearch: 0), HNSWParameters(normQuantile: 0), HNSWParameters(normQuantile: .nan),
        ] {
            #expect(throws: RecommenderError.self) { try HNSWIndex.build(items, parameters: parameters) }
        }
    }

    @Test func `a cancelled build ends with an error`() throws {
        #expect(throws: RecommenderError(.cancelled, "the fit was cancelled")) {
            try index(.innerProduct, context: FitContext(isCancelled: { true }))
        }
    }
}
