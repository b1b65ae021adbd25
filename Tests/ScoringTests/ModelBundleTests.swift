import Events
import Recommenders
import ScoringSamples
import Testing

@testable import Scoring

@Suite struct ModelBundleTests {
    private func wholeBundle() throws -> ModelBundle {
        let (itemIDs, matrix) = try TestActivities.matrix()
        var models = try TestActivities.bundle().models
        models.ease = try EASEModel.fit(matrix).keeping(5)
        models.sessions = try VMISKNNModel.fit(
            SessionLog(itemCount: itemIDs.count, sessions: [[.init(item: 0, seconds: 1), .init(item: 3, seconds: 2)]])
        )
        models.content = try ContentModel.fit(
            itemIDs.map { ItemContent(text: "about \($0)", tags: [[String($0.prefix(1))]], creators: ["by \($0)"]) }
        )
        models.popularityByContext = ["country:GB": models.popularity]
        let log = try SessionLog(
            itemCount: itemIDs.count,
            sessions: (0..<30).map { user in
                (0..<4).map { .init(item: (user + 3 * $0) % itemIDs.count, seconds: Double(user * 90 + $0)) }
            }
        )
        models.sequences = try STANModel.fit(log, parameters: STANParameters(matchDecay: nil))
        models.rules = try SequentialRulesModel.fit(log)
        let info = BundleInfo(
            plan: "f00",
            trainedAt: Timestamp(milliseconds: 1_700_000_000_123),
            users: 40,
            items: itemIDs.count,
            interactions: matrix.entryCount,
            validation: ["als": ["ndcg@10": 0.25]],
            seconds: ["als": 1.5, "broken": .infinity]
        )
        return try ModelBundle(itemIDs: itemIDs, models: models, info: info)
    }

    @Test func `an artefact brings every part back`() throws {
        let bundle = try wholeBundle()
        let copy = try ModelBundle(version: 7, artefact: bundle.artefact())
        #expect(copy.version == 7)
        #expect(copy.itemIDs == bundle.itemIDs && copy.models == bundle.models)
        #expect(copy.info.seconds == ["als": 1.5], "JSON has no infinity")
        #expect(copy.info.trainedAt == bundle.info.trainedAt && copy.info.validation == bundle.info.validation)
        #expect(copy.artefact() == bundle.artefact())
        let text = String(decoding: bundle.info.encoded(), as: UTF8.self)
        #expect(text.contains("\"trainedAt\" : \"2023-11-14T22:13:20.123Z\""))
    }

    @Test func `vectors in a byte per number are read back as they serve`() throws {
        let whole = try wholeBundle()
        let als = try #require(whole.models.als)
        var models = whole.models
        models.als = try QuantizedFactors(als).model
        models.quantizesFactors = true
        let bundle = try ModelBundle(itemIDs: whole.itemIDs, models: models)
        let copy = try ModelBundle(version: 1, artefact: bundle.artefact())
        #expect(copy.models.quantizesFactors && copy.artefact() == bundle.artefact())
        let read = try #require(copy.models.als)
        let largest = als.itemFactors.map(abs).max() ?? 0
        #expect(zip(read.itemFactors, als.itemFactors).allSatisfy { abs($0 - $1) <= largest / 250 })
    }

    @Test func `parts that are absent stay absent`() throws {
        let bundle = try wholeBundle()
        let small = try ModelBundle(
            itemIDs: bundle.itemIDs,
            models: ModelBundle.Models(popularity: bundle.models.popularity)
        )
        let copy = try ModelBundle(version: 1, artefact: small.artefact())
        #expect(copy.models == small.models)
        #expect(copy.models.als == nil && copy.models.content == nil)
    }

    @Test func `parts that do not fit together are refused, and so are damaged bytes`() throws {
        let bundle = try wholeBundle()
        #expect(throws: RecommenderError.self) {
            try ModelBundle(itemIDs: Array(bundle.itemIDs.dropLast()), models: bundle.models)
        }
        #expect(throws: RecommenderError.self) {
            try ModelBundle(
                itemIDs: Array(bundle.itemIDs.dropLast()) + bundle.itemIDs.prefix(1),
                models: bundle.models
            )
        }
        #expect(throws: RecommenderError.self) {
            try ModelBundle(version: 1, artefact: Array(bundle.artefact().dropFirst()))
        }
    }

    @Test func `a linear autoencoder that is cut keeps the largest weights, negative ones too`() throws {
        let (_, matrix) = try TestActivities.matrix()
        let ease = try EASEModel.fit(matrix, parameters: EASEModel.Parameters(regularization: 20))
        let cut = ease.keeping(3)
        for target in 0..<matrix.itemCount {
            let weights = (0..<matrix.itemCount).map { ease.weight(from: $0, to: target) }
            let least = weights.map(abs).sorted(by: >)[2]
            for source in 0..<matrix.itemCount {
                let kept = cut.weight(from: source, to: target)
                #expect(kept == weights[source] || (kept == 0 && abs(weights[source]) <= least))
            }
        }
        let history = [WeightedItem(item: 0, weight: 2), WeightedItem(item: 4, weight: 1)]
        #expect(try ease.keeping(matrix.itemCount).scorer(for: history).top(5) == ease.scorer(for: history).top(5))
    }
}
