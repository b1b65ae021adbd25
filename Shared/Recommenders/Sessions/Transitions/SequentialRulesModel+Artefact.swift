extension SequentialRulesModel: ArtefactCodable {
    /// The section `sequential-rules`.
    public static var sectionName: String { "sequential-rules" }

    /// Parameters and sums.
    public func encodedSection() -> [UInt8] {
        var writer = ByteWriter()
        writer.write(UInt32(parameters.steps))
        writer.write(text: parameters.weighting.rawValue)
        writer.write(UInt32(parameters.bothWays ? 1 : 0))
        writer.write(UInt32(parameters.lastClicks))
        writer.write(text: parameters.clickWeighting.rawValue)
        rules.write(to: &writer)
        return writer.bytes
    }

    /// Reads what ``encodedSection()`` wrote.
    public init(decodingSection bytes: [UInt8]) throws(RecommenderError) {
        var reader = ByteReader(bytes)
        func weighting(_ name: String) throws(RecommenderError) -> SequentialRulesParameters.Weighting {
            guard let weighting = SequentialRulesParameters.Weighting(rawValue: name) else {
                throw RecommenderError(.unsupportedArtefact, "a weighting called \(name)")
            }
            return weighting
        }
        let parameters = SequentialRulesParameters(
            steps: Int(try reader.read(UInt32.self)),
            weighting: try weighting(try reader.readText()),
            bothWays: try reader.read(UInt32.self) == 1,
            lastClicks: Int(try reader.read(UInt32.self)),
            clickWeighting: try weighting(try reader.readText())
        )
        try parameters.validate()
        let rules = try TransitionSums(reading: &reader)
        try reader.finish()
        self.init(parameters: parameters, rules: rules)
    }
}
