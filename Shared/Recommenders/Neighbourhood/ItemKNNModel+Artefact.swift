extension ItemKNNModel: ArtefactCodable {
    /// The section `item-knn`.
    public static var sectionName: String { "item-knn" }

    /// Parameters, the number of neighbours of each item, the neighbours (ascending) and the similarities.
    public func encodedSection() -> [UInt8] {
        var writer = ByteWriter()
        writer.write(UInt32(parameters.neighbours))
        writer.write(parameters.shrinkage)
        let (similarity, alpha) = parameters.similarity.code
        writer.write(similarity)
        writer.write(alpha)
        let (weighting, saturation, normalisation) = parameters.weighting.code
        writer.write(weighting)
        writer.write(saturation)
        writer.write(normalisation)
        writer.write((0..<itemCount).map { Int32(weights.byTarget.range(of: $0).count) })
        writer.write(weights.byTarget.columns)
        writer.write(weights.byTarget.values)
        return writer.bytes
    }

    /// Reads what ``encodedSection()`` wrote.
    public init(decodingSection bytes: [UInt8]) throws(RecommenderError) {
        var reader = ByteReader(bytes)
        let neighbours = Int(try reader.read(UInt32.self))
        let shrinkage = try reader.readFloat()
        let similarity = try NeighbourSimilarity(
            code: try reader.read(UInt32.self),
            alpha: try reader.readFloat()
        )
        let weighting = try InteractionWeighting(
            code: try reader.read(UInt32.self),
            saturation: try reader.readFloat(),
            lengthNormalisation: try reader.readFloat()
        )
        let parameters = NeighbourhoodParameters(
            neighbours: neighbours,
            similarity: similarity,
            shrinkage: shrinkage,
            weighting: weighting
        )
        try parameters.validate()
        let counts = try reader.readIntegers()
        let columns = try reader.readIntegers()
        let values = try reader.readFloats()
        try reader.finish()
        var offsets = [0]
        for count in counts {
            guard count >= 0 else { throw RecommenderError(.damagedArtefact, "a negative count") }
            offsets.append((offsets.last ?? 0) + Int(count))
        }
        guard offsets.last == columns.count, columns.count == values.count, values.allSatisfy(\.isFinite),
            columns.allSatisfy({ (0..<Int32(counts.count)).contains($0) })
        else { throw RecommenderError(.damagedArtefact, "neighbours and counts contradict each other") }
        self.init(
            parameters: parameters,
            neighbours: SparseRows(offsets: offsets, columns: columns, values: values)
        )
    }
}

extension NeighbourSimilarity {
    fileprivate var code: (UInt32, Float) {
        switch self {
        case .cosine: (0, 0)
        case .asymmetricCosine(let alpha): (1, alpha)
        case .pearson: (2, 0)
        case .jaccard: (3, 0)
        case .logLikelihood: (4, 0)
        }
    }

    fileprivate init(code: UInt32, alpha: Float) throws(RecommenderError) {
        switch code {
        case 0: self = .cosine
        case 1: self = .asymmetricCosine(alpha: alpha)
        case 2: self = .pearson
        case 3: self = .jaccard
        case 4: self = .logLikelihood
        default: throw RecommenderError(.unsupportedArtefact, "similarity of kind \(code)")
        }
    }
}

extension InteractionWeighting {
    fileprivate var code: (UInt32, Float, Float) {
        switch self {
        case .binary: (0, 0, 0)
        case .weighted: (1, 0, 0)
        case .tfIDF: (2, 0, 0)
        case .bm25(let saturation, let normalisation): (3, saturation, normalisation)
        }
    }

    fileprivate init(code: UInt32, saturation: Float, lengthNormalisation: Float) throws(RecommenderError) {
        switch code {
        case 0: self = .binary
        case 1: self = .weighted
        case 2: self = .tfIDF
        case 3: self = .bm25(saturation: saturation, lengthNormalisation: lengthNormalisation)
        default: throw RecommenderError(.unsupportedArtefact, "weighting of kind \(code)")
        }
    }
}
