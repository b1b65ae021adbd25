import Foundation
import Ranking
public import Recommenders

extension ModelBundle {
    private static let itemsSection = "item-ids"
    private static let infoSection = "info"
    private static let contextPrefix = "popularity:"
    private static let rankerSection = "ranker"

    /// The bytes to publish: a section per part; the version is the registry's, not theirs.
    public func artefact() -> [UInt8] {
        var artefact = ModelArtefact()
        if let als = models.als {
            if models.quantizesFactors, let quantized = try? QuantizedFactors(als) {
                artefact.set(quantized)
            } else {
                artefact.set(als)
            }
        }
        if let neighbours = models.neighbours { artefact.set(neighbours) }
        if let ease = models.ease { artefact.set(ease) }
        if let sessions = models.sessions { artefact.set(sessions) }
        if let sequences = models.sequences { artefact.set(sequences) }
        if let rules = models.rules { artefact.set(rules) }
        if let cco = models.cco { artefact.set(cco) }
        if let content = models.content { artefact.set(content) }
        artefact.set(models.popularity)
        for (name, model) in models.popularityByContext {
            artefact.sections[Self.contextPrefix + name] = model.encodedSection()
        }
        artefact.sections[Self.rankerSection] = models.ranker?.encoded()
        // Ids have no control characters.
        artefact.sections[Self.itemsSection] = Array(itemIDs.joined(separator: "\n").utf8)
        artefact.sections[Self.infoSection] = info.encoded()
        return artefact.encoded()
    }

    /// Reads what ``artefact()`` wrote; throws for damaged bytes and for parts that do not fit together.
    public init(version: UInt64, artefact bytes: [UInt8]) throws(RecommenderError) {
        let artefact = try ModelArtefact(decoding: bytes)
        let text = String(decoding: try artefact.section(Self.itemsSection), as: UTF8.self)
        var models = Models(popularity: try artefact.model())
        let quantized: QuantizedFactors? = try artefact.modelIfPresent()
        models.als = try artefact.modelIfPresent() ?? quantized?.model
        models.quantizesFactors = quantized != nil
        models.ranker = try artefact.sections[Self.rankerSection].map(Self.ranker)
        models.neighbours = try artefact.modelIfPresent()
        models.ease = try artefact.modelIfPresent()
        models.sessions = try artefact.modelIfPresent()
        models.sequences = try artefact.modelIfPresent()
        models.rules = try artefact.modelIfPresent()
        models.cco = try artefact.modelIfPresent()
        models.content = try artefact.modelIfPresent()
        for (name, bytes) in artefact.sections where name.hasPrefix(Self.contextPrefix) {
            let context = String(name.dropFirst(Self.contextPrefix.count))
            models.popularityByContext[context] = try PopularityModel(decodingSection: bytes)
        }
        try self.init(
            version: version,
            itemIDs: text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init),
            models: models,
            info: try BundleInfo(decoding: artefact.sections[Self.infoSection])
        )
    }
}

extension ModelBundle {
    private static func ranker(_ bytes: [UInt8]) throws(RecommenderError) -> LambdaMARTRanker {
        do {
            return try LambdaMARTRanker(decoding: bytes)
        } catch {
            throw RecommenderError(.damagedArtefact, "the ranker cannot be read: \(error)")
        }
    }
}

extension ModelArtefact {
    fileprivate func modelIfPresent<Model: ArtefactCodable>() throws(RecommenderError) -> Model? {
        sections[Model.sectionName] == nil ? nil : try model()
    }
}

extension BundleInfo {
    /// Reads the section; an artefact without one says nothing of itself.
    fileprivate init(decoding bytes: [UInt8]?) throws(RecommenderError) {
        guard let bytes else {
            self.init()
            return
        }
        do {
            self = try JSONDecoder().decode(BundleInfo.self, from: Data(bytes))
        } catch {
            throw RecommenderError(.damagedArtefact, "the description of the bundle cannot be read")
        }
    }
}
