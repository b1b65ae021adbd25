extension CCOModel: ArtefactCodable {
    /// The section `cco`.
    public static var sectionName: String { "cco" }

    /// Parameters, the indicators of the primary behaviour, then name, boost and indicators of each other one.
    public func encodedSection() -> [UInt8] {
        var writer = ByteWriter()
        writer.write(UInt32(parameters.indicators))
        writer.write(parameters.threshold)
        writer.write(text: parameters.match.rawValue)
        write(primary, to: &writer)
        writer.write(UInt32(secondary.count))
        for (name, indicators) in secondary.sorted(by: { $0.key < $1.key }) {
            writer.write(text: name)
            writer.write(boosts[name] ?? 1)
            write(indicators, to: &writer)
        }
        return writer.bytes
    }

    /// Reads what ``encodedSection()`` wrote.
    public init(decodingSection bytes: [UInt8]) throws(RecommenderError) {
        var reader = ByteReader(bytes)
        let indicators = Int(try reader.read(UInt32.self))
        let threshold = try reader.readFloat()
        let name = try reader.readText()
        guard let match = CCOParameters.Match(rawValue: name) else {
            throw RecommenderError(.unsupportedArtefact, "a match called \(name)")
        }
        let parameters = CCOParameters(indicators: indicators, threshold: threshold, match: match)
        try parameters.validate()
        let primary = try Self.weights(&reader)
        guard primary.sourceCount == primary.targetCount else {
            throw RecommenderError(.damagedArtefact, "indicators of other items than the model's")
        }
        var secondary: [String: ItemWeights] = [:]
        var boosts: [String: Float] = [:]
        for _ in 0..<(try reader.read(UInt32.self)) {
            let name = try reader.readText()
            let boost = try reader.readFloat()
            let weights = try Self.weights(&reader)
            guard boost >= 0, boost.isFinite, weights.targetCount == primary.targetCount, secondary[name] == nil else {
                throw RecommenderError(.damagedArtefact, "the behaviour \(name) contradicts the others")
            }
            (secondary[name], boosts[name]) = (weights, boost)
        }
        try reader.finish()
        self.init(parameters: parameters, primary: primary, secondary: secondary, boosts: boosts)
    }

    /// How many items a history can have, how many indicators each item has, the indicators (ascending) and their weights.
    private func write(_ weights: ItemWeights, to writer: inout ByteWriter) {
        writer.write(UInt32(weights.sourceCount))
        writer.write((0..<weights.targetCount).map { Int32(weights.byTarget.range(of: $0).count) })
        writer.write(weights.byTarget.columns)
        writer.write(weights.byTarget.values)
    }

    private static func weights(_ reader: inout ByteReader) throws(RecommenderError) -> ItemWeights {
        let sourceCount = Int(try reader.read(UInt32.self))
        let counts = try reader.readIntegers()
        let columns = try reader.readIntegers()
        let values = try reader.readFloats()
        var offsets = [0]
        for count in counts {
            guard count >= 0 else { throw RecommenderError(.damagedArtefact, "a negative count") }
            offsets.append((offsets.last ?? 0) + Int(count))
        }
        guard offsets.last == columns.count, columns.count == values.count, values.allSatisfy(\.isFinite),
            columns.allSatisfy({ $0 >= 0 && Int($0) < sourceCount }), sourceCount <= Int(Int32.max)
        else { throw RecommenderError(.damagedArtefact, "indicators and counts contradict each other") }
        return ItemWeights(
            byTarget: SparseRows(offsets: offsets, columns: columns, values: values),
            sourceCount: sourceCount
        )
    }
}
