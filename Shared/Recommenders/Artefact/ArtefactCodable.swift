/// A model that can be a section of a ``ModelArtefact``.
public protocol ArtefactCodable: Sendable {
    /// The name of its section.
    static var sectionName: String { get }

    /// The bytes of its section.
    func encodedSection() -> [UInt8]

    /// Reads its section; throws `damagedArtefact` when numbers contradict each other.
    init(decodingSection bytes: [UInt8]) throws(RecommenderError)
}

extension ModelArtefact {
    /// Puts a model into its section.
    public mutating func set(_ model: some ArtefactCodable) {
        sections[type(of: model).sectionName] = model.encodedSection()
    }

    /// Reads a model from its section.
    public func model<Model: ArtefactCodable>(_ type: Model.Type = Model.self) throws(RecommenderError) -> Model {
        try Model(decodingSection: section(Model.sectionName))
    }
}

extension PopularityModel: ArtefactCodable {
    /// The section `popularity`.
    public static var sectionName: String { "popularity" }

    /// What was added up, and the sums.
    public func encodedSection() -> [UInt8] {
        var writer = ByteWriter()
        writer.write(UInt32(parameters == .users ? 0 : 1))
        writer.write(scores)
        return writer.bytes
    }

    /// Reads what ``encodedSection()`` wrote.
    public init(decodingSection bytes: [UInt8]) throws(RecommenderError) {
        var reader = ByteReader(bytes)
        let parameters: Parameters = try reader.read(UInt32.self) == 0 ? .users : .weights
        let scores = try reader.readFloats()
        try reader.finish()
        guard scores.allSatisfy(\.isFinite) else { throw RecommenderError(.damagedArtefact, "a sum is not finite") }
        self.init(parameters: parameters, scores: scores)
    }
}
