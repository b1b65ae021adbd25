import Testing

@testable import Recommenders

@Suite struct ContentLatentTests {
    private static let parameters = ContentParameters(
        textWeighting: .tfIdf(sublinear: false),
        latentDimensions: 4,
        powerIterations: 30
    )

    @Test func `similarities equal those of the exact decomposition`() throws {
        let contents = RandomContents.items(count: 30, seed: 7).map { ItemContent(text: $0.text) }
        let model = try ContentModel.fit(contents, parameters: Self.parameters)
        var plain = Self.parameters
        plain.latentDimensions = 0
        let words = DenseContents(contents, plain)
        let basis = DenseReference.rightSingular(words.rows).prefix(4).map(\.vector)
        let latent = words.rows.map { row in DenseContents.unit(basis.map { DenseReference.dot(row, $0) }) }
        for item in 0..<30 {
            let found = model.similarities(to: model.vector(of: item))
            for other in 0..<30 {
                #expect(abs(Double(found[other]) - words.similarity(latent[item], latent[other])) < 1e-3)
            }
        }
    }

    @Test func `texts without a word in common are alike where others connect their words`() throws {
        let texts = ["car engine", "automobile engine", "soup spoon", "spoon soup", "spoon kitchen"]
        let contents = texts.map { ItemContent(text: $0) }
        let model = try ContentModel.fit(contents, parameters: ContentParameters(latentDimensions: 2))
        let car = try model.foldIn(ItemContent(text: "car"))
        let automobile = try model.foldIn(ItemContent(text: "automobile"))
        #expect(model.similarity(car, automobile) > 0.95)
        #expect(abs(model.similarity(car, try model.foldIn(ItemContent(text: "kitchen")))) < 0.05)
        let plain = try ContentModel.fit(contents)
        let words = try ["car", "automobile"].map { try plain.foldIn(ItemContent(text: $0)) }
        #expect(plain.similarity(words[0], words[1]) == 0)
    }

    @Test func `more dimensions than the texts have are as many as they have`() throws {
        let contents = [ItemContent(text: "one two"), ItemContent(text: "two three"), ItemContent()]
        let parameters = ContentParameters(latentDimensions: 100)
        let model = try ContentModel.fit(contents, parameters: parameters)
        #expect(model.vector(of: 0).dense.count == 2)
        let plain = try ContentModel.fit(contents)
        // Nothing is cut, so nothing changes.
        for item in 0..<3 {
            for (latent, exact) in zip(
                model.similarities(to: model.vector(of: item)),
                plain.similarities(to: plain.vector(of: item))
            ) {
                #expect(abs(latent - exact) < 1e-5)
            }
        }
        let wordless = try ContentModel.fit([ItemContent(tags: [["a"]]), ItemContent()], parameters: parameters)
        #expect(wordless.neighbours(of: 0).isEmpty)
    }
}
