import Testing

@testable import Recommenders

@Suite struct ContentModelTests {
    private static let parameters = [
        ContentParameters(),
        ContentParameters(
            textWeighting: .tfIdf(sublinear: true),
            tagDecay: 0.3,
            weights: ContentParameters.Weights(text: 2, tags: 0.5, creators: 3, vector: 0.25)
        ),
        ContentParameters(similarity: .euclidean),
        ContentParameters(weights: .init(text: 0.5, tags: 0, creators: 1, vector: 2), combination: .profile),
        ContentParameters(minimumItems: 2, maximumShare: 0.8, similarity: .euclidean, combination: .profile),
    ]
    private let history = [
        WeightedItem(item: 2, weight: 1.5), WeightedItem(item: 11, weight: 0.5), WeightedItem(item: 7, weight: 2),
        WeightedItem(item: RandomContents.emptyItem, weight: 4),
    ]

    @Test(arguments: parameters)
    func `scores and neighbours equal the dense computation`(parameters: ContentParameters) throws {
        let contents = RandomContents.items(count: 30, seed: 1)
        let model = try ContentModel.fit(contents, parameters: parameters)
        let dense = DenseContents(contents, parameters)
        for (found, expected) in zip(try model.scorer(for: history).scores(), dense.scores(history)) {
            #expect(abs(Double(found) - expected) < 1e-5)
        }
        for item in 0..<30 {
            let found = model.neighbours(of: item, limit: 30)
            #expect(!found.contains { $0.item == item })
            for other in found {
                #expect(abs(Double(other.score) - dense.similarity(dense.rows[item], dense.rows[other.item])) < 1e-5)
            }
        }
        #expect(model.neighbours(of: RandomContents.emptyItem).isEmpty)
        #expect(model.neighbours(of: 30).isEmpty)
    }

    @Test(arguments: parameters)
    func `the parts of an explanation sum up to the score`(parameters: ContentParameters) throws {
        let model = try ContentModel.fit(RandomContents.items(count: 30, seed: 2), parameters: parameters)
        let scorer = try model.scorer(for: history)
        for (item, score) in scorer.scores().enumerated() {
            let parts = scorer.contributions(to: item)
            #expect(abs(parts.reduce(0) { $0 + $1.amount } - score) < 1e-5)
            #expect(!parts.contains { $0.item == RandomContents.emptyItem })
            #expect(abs(scorer.score(of: model.vector(of: item)) - score) < 1e-5)
        }
        #expect(try model.scorer(for: history).scores()[RandomContents.emptyItem] == 0)
        #expect(try model.scorer(for: []).scores() == [Float](repeating: 0, count: 30))
    }

    @Test(arguments: parameters)
    func `other numbers for the same items give the same scores`(parameters: ContentParameters) throws {
        let contents = RandomContents.items(count: 30, seed: 3)
        // 11 has no divisor in common with 30.
        func renamed(_ item: Int) -> Int { item * 11 % 30 }
        var other = contents
        for item in 0..<30 { other[renamed(item)] = contents[item] }
        let scores = try ContentModel.fit(contents, parameters: parameters).scorer(for: history).scores()
        let renamedScores = try ContentModel.fit(other, parameters: parameters)
            .scorer(for: history.map { WeightedItem(item: renamed($0.item), weight: $0.weight) }).scores()
        for item in 0..<30 { #expect(abs(scores[item] - renamedScores[renamed(item)]) < 1e-5) }
    }

    @Test(arguments: [false, true])
    func `a new item gets the vector that the fit gives, at once`(isLatent: Bool) throws {
        var parameters = ContentParameters(minimumItems: 2)
        parameters.latentDimensions = isLatent ? 5 : 0
        let contents = RandomContents.items(count: 40, seed: 4)
        let model = try ContentModel.fit(contents, parameters: parameters)
        for (item, content) in contents.enumerated() {
            #expect(try model.foldIn(content) == model.vector(of: item))
        }
        // The second half of the items, added to a model of all, gets the same neighbours as the first.
        let doubled = try model.adding(Array(contents[20...]))
        #expect(doubled.itemCount == 60)
        for item in 20..<40 {
            #expect(doubled.vector(of: item + 20) == model.vector(of: item))
            let twins = doubled.neighbours(of: item, limit: 60).map(\.item)
            #expect(twins.contains(item + 20) || model.vector(of: item).isEmpty)
        }
        let (before, after) = try (model.scorer(for: history).scores(), doubled.scorer(for: history).scores())
        #expect(Array(after.prefix(40)) == before)
        #expect(Array(after.suffix(20)) == Array(before.suffix(20)))
        let stranger = ItemContent(text: "unheard", tags: [["Unseen", "Branch"]], creators: ["nobody"])
        #expect(try model.foldIn(stranger).isEmpty)
    }

    @Test func `tags are alike by what they have in common, and more evidence is more alike`() throws {
        let contents = [
            ["Books", "Fiction", "Crime"], ["Books", "Fiction", "Crime"], ["Books", "Fiction", "Love"],
            ["Books", "History"], ["Music", "Fiction", "Crime"],
        ].map { ItemContent(tags: [$0]) }
        let model = try ContentModel.fit(contents)
        let scores = try model.scorer(for: [WeightedItem(item: 0)]).scores()
        #expect(abs(scores[1] - 1) < 1e-6)
        #expect(scores[1] > scores[2] && scores[2] > scores[3] && scores[3] > 0 && scores[4] == 0)
        let more = try model.scorer(for: [WeightedItem(item: 0), WeightedItem(item: 3)]).scores()
        #expect(zip(scores, more).allSatisfy { $0 <= $1 })
    }

    @Test func `an item of which less is known is less alike than one of which all is known and fits`() throws {
        let tags = [["Crime"]]
        let contents = [
            ItemContent(text: "night train", tags: tags), ItemContent(text: "night train", tags: tags),
            ItemContent(tags: tags), ItemContent(text: "train"), ItemContent(text: "other", tags: [["Love"]]),
        ]
        let weights = ContentParameters.Weights(text: 3, tags: 1)
        let scores = try ContentModel.fit(contents, parameters: ContentParameters(weights: weights))
            .scorer(for: [WeightedItem(item: 0)]).scores()
        // Creators and vectors that nobody has do not count.
        #expect(abs(scores[1] - 1) < 1e-6)
        #expect(abs(scores[2] - 0.25) < 1e-6)
        #expect(scores[3] > scores[2] && scores[3] < 0.75)
        #expect(scores[4] == 0)
    }

    @Test(arguments: [0, 10])
    func `the number of workers does not change a bit`(latentDimensions: Int) throws {
        let contents = RandomContents.items(count: 600, seed: 5)
        let parameters = ContentParameters(latentDimensions: latentDimensions)
        let alone = try ContentModel.fit(contents, parameters: parameters)
        let context = FitContext(workers: .dispatch(count: 3))
        #expect(try ContentModel.fit(contents, parameters: parameters, context: context) == alone)
    }

    @Test func `as a recommender it takes descriptions beside a matrix of as many items`() throws {
        let contents = RandomContents.items(count: 12, seed: 6)
        let matrix = try RandomData.matrix(userCount: 4, itemCount: 12, density: 0.5, seed: 1)
        let model = try ContentModel.fit(matrix, parameters: DescribedItems(contents))
        #expect(try model == ContentModel.fit(contents))
        let known = WeightedItem(item: 1)
        #expect(try model.recommend(for: [known], limit: 3) == model.scorer(for: [known]).top(3))
        #expect(throws: RecommenderError.self) {
            try ContentModel.fit(matrix, parameters: DescribedItems(Array(contents.dropLast())))
        }
    }
}
