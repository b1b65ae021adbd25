import Testing

@testable import Recommenders

@Suite struct ContentInputTests {
    private func code(_ body: () throws(RecommenderError) -> Void) -> RecommenderError.Code? {
        do throws(RecommenderError) { try body() } catch { return error.code }
        return nil
    }

    @Test func `parameters outside their ranges are typed errors`() throws {
        var wrong = [ContentParameters](repeating: ContentParameters(), count: 14)
        wrong[0].tokenizer.minimumLength = 0
        wrong[1].textWeighting = .bm25(k1: -1)
        wrong[2].textWeighting = .bm25(b: 1.5)
        wrong[3].textWeighting = .bm25(k1: .nan)
        wrong[4].minimumItems = 0
        wrong[5].maximumShare = 0
        wrong[6].maximumShare = .nan
        wrong[7].latentDimensions = -1
        wrong[8].latentDimensions = 1025
        wrong[9].powerIterations = -1
        wrong[10].tagDecay = 1.1
        wrong[11].weights.text = -1
        wrong[12].weights.vector = .infinity
        wrong[13].weights.tags = .nan
        for parameters in wrong {
            #expect(
                code { () throws(RecommenderError) in
                    _ = try ContentModel.fit([ItemContent(text: "word")], parameters: parameters)
                } == .invalidParameter
            )
        }
    }

    @Test func `contents that make no sense are typed errors`() throws {
        let wrong: [[[Float]]] = [[[1, .nan]], [[1], [.infinity]], [[1, 2], [1]], [[], [1, 2], [], [1, 2, 3]]]
        for vectors in wrong {
            #expect(
                code { () throws(RecommenderError) in
                    _ = try ContentModel.fit(vectors.map { ItemContent(vector: $0) })
                } == .invalidContent
            )
        }
        #expect(code { () throws(RecommenderError) in _ = try ContentModel.fit([]) } == .emptyMatrix)
        let model = try ContentModel.fit([ItemContent(vector: [1, 2])])
        for vector in [[1], [1, Float.nan], [1, 2, 3]] as [[Float]] {
            let content = ItemContent(vector: vector)
            #expect(code { () throws(RecommenderError) in _ = try model.foldIn(content) } == .invalidContent)
            #expect(code { () throws(RecommenderError) in _ = try model.adding([content]) } == .invalidContent)
        }
        let context = FitContext(isCancelled: { true })
        #expect(
            code { () throws(RecommenderError) in
                _ = try ContentModel.fit([ItemContent(text: "word")], context: context)
            } == .cancelled
        )
    }

    @Test func `histories that make no sense are typed errors`() throws {
        let model = try ContentModel.fit(RandomContents.items(count: 5, seed: 1))
        let wrong: [(WeightedItem, RecommenderError.Code)] = [
            (WeightedItem(item: 5), .indexOutOfRange), (WeightedItem(item: -1), .indexOutOfRange),
            (WeightedItem(item: 0, weight: -1), .invalidWeight), (WeightedItem(item: 0, weight: .nan), .invalidWeight),
        ]
        for (entry, expected) in wrong {
            #expect(code { () throws(RecommenderError) in _ = try model.scorer(for: [entry]) } == expected)
        }
        let huge = [WeightedItem(item: 0, weight: 3e38), WeightedItem(item: 1, weight: 3e38)]
        #expect(code { () throws(RecommenderError) in _ = try model.scorer(for: huge) } == .invalidWeight)
    }

    @Test(
        arguments: [ContentParameters.Similarity.cosine, .euclidean],
        [ContentParameters.Combination.sumOfSimilarities, .profile]
    )
    func `scores are finite whatever the contents`(
        similarity: ContentParameters.Similarity,
        combination: ContentParameters.Combination
    ) throws {
        let long = String(repeating: "lorem ipsum dolor sit amet ", count: 40_000)
        let strange = "👩‍👩‍👧 e\u{301}\u{301}\u{301} \u{0} \u{FFFF} ﷽ 1\u{20E3}"
        let corpora: [[ItemContent]] = [
            [ItemContent()],
            [ItemContent(), ItemContent(text: "", tags: [[], [""]], creators: [""], vector: [])],
            [ItemContent(text: "one")],
            [ItemContent(text: long), ItemContent(text: strange), ItemContent(text: "ipsum")],
            [ItemContent(vector: [3e38, 3e38]), ItemContent(vector: [-3e38, -3e38]), ItemContent(vector: [0, 0])],
            [
                ItemContent(vector: [.leastNonzeroMagnitude]), ItemContent(vector: [-.leastNonzeroMagnitude]),
                ItemContent(vector: []),
            ],
            [ItemContent(tags: [Array(repeating: "deep", count: 300)]), ItemContent(tags: [["deep"]])],
        ]
        for contents in corpora {
            for latentDimensions in [0, 2] {
                let parameters = ContentParameters(
                    latentDimensions: latentDimensions,
                    similarity: similarity,
                    combination: combination
                )
                let model = try ContentModel.fit(contents, parameters: parameters)
                for weight: Float in [1, .leastNonzeroMagnitude, 5e37] {
                    let history = contents.indices.map { WeightedItem(item: $0, weight: weight) }
                    let scorer = try model.scorer(for: history)
                    let scores = scorer.scores()
                    #expect(scores.count == contents.count && scores.allSatisfy(\.isFinite))
                    for item in contents.indices {
                        let areFinite = scorer.contributions(to: item).allSatisfy(\.amount.isFinite)
                        #expect(areFinite)
                        let neighboursAreFinite = model.neighbours(of: item).allSatisfy(\.score.isFinite)
                        #expect(neighboursAreFinite)
                    }
                }
            }
        }
    }
}
