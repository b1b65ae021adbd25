import Recommenders

extension TrainedModel {
    private static let itemsSection = "item-ids"

    /// The bytes to publish; the version is the registry's, not theirs.
    func artefact() -> [UInt8] {
        var artefact = ModelArtefact()
        artefact.set(als)
        artefact.set(cosine)
        artefact.set(popularity)
        // Ids have no control characters.
        artefact.sections[Self.itemsSection] = Array(itemIDs.joined(separator: "\n").utf8)
        return artefact.encoded()
    }

    /// Reads what ``artefact()`` wrote; throws for damaged bytes and for parts that do not fit together.
    init(version: UInt64, artefact bytes: [UInt8]) throws(RecommenderError) {
        let artefact = try ModelArtefact(decoding: bytes)
        let text = String(decoding: try artefact.section(Self.itemsSection), as: UTF8.self)
        try self.init(
            version: version,
            itemIDs: text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init),
            als: artefact.model(),
            cosine: artefact.model(),
            popularity: artefact.model()
        )
    }
}
