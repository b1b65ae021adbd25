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

extension ALSModel: ArtefactCodable {
    /// The section `als`.
    public static var sectionName: String { "als" }

    /// Parameters, the number of items, and their vectors without padding.
    public func encodedSection() -> [UInt8] {
        var writer = ByteWriter()
        writer.write(UInt32(parameters.factors))
        writer.write(UInt32(parameters.iterations))
        writer.write(parameters.regularization)
        switch parameters.confidence {
        case .linear(let alpha):
            writer.write(UInt32(0))
            writer.write(alpha)
            writer.write(Float.zero)
        case .logarithmic(let alpha, let epsilon):
            writer.write(UInt32(1))
            writer.write(alpha)
            writer.write(epsilon)
        }
        writer.write(UInt64(itemCount))
        writer.write((0..<itemCount).flatMap { items.row($0) })
        return writer.bytes
    }

    /// Reads what ``encodedSection()`` wrote.
    public init(decodingSection bytes: [UInt8]) throws(RecommenderError) {
        var reader = ByteReader(bytes)
        let factors = Int(try reader.read(UInt32.self))
        let iterations = Int(try reader.read(UInt32.self))
        let regularization = try reader.readFloat()
        let confidence: ALSParameters.Confidence
        let kind = try reader.read(UInt32.self)
        let (alpha, epsilon) = (try reader.readFloat(), try reader.readFloat())
        switch kind {
        case 0: confidence = .linear(alpha: alpha)
        case 1: confidence = .logarithmic(alpha: alpha, epsilon: epsilon)
        default: throw RecommenderError(.unsupportedArtefact, "confidence of kind \(kind)")
        }
        let parameters = ALSParameters(
            factors: factors,
            iterations: iterations,
            regularization: regularization,
            confidence: confidence
        )
        try parameters.validate()
        let itemCount = try reader.read(UInt64.self)
        let values = try reader.readFloats()
        try reader.finish()
        guard UInt64(values.count) == itemCount.multipliedReportingOverflow(by: UInt64(factors)).partialValue,
            itemCount <= UInt64(values.count), values.allSatisfy(\.isFinite)
        else { throw RecommenderError(.damagedArtefact, "\(values.count) numbers for \(itemCount) items") }
        var items = FactorMatrix(rowCount: Int(itemCount), width: factors)
        for item in 0..<items.rowCount {
            for factor in 0..<factors { items.values[item * items.stride + factor] = values[item * factors + factor] }
        }
        self.init(parameters: parameters, items: items)
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
