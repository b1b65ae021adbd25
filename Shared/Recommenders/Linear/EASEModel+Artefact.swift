extension EASEModel: ArtefactCodable {
    /// The section `ease`.
    public static var sectionName: String { "ease" }

    /// Parameters, the kind of weights, and the weights: the place of each item and all pairs, or the sources that are kept.
    public func encodedSection() -> [UInt8] {
        var writer = ByteWriter()
        writer.write(parameters.regularization.bitPattern)
        writer.write(UInt64(parameters.memoryLimit))
        switch weights {
        case .dense(let dense):
            writer.write(UInt32(0))
            writer.write(dense.places.map { Int32(truncatingIfNeeded: $0) })
            writer.write(dense.values)
        case .sparse(let sparse):
            writer.write(UInt32(1))
            writer.write(rows: sparse.byTarget)
        }
        return writer.bytes
    }

    /// Reads what ``encodedSection()`` wrote.
    public init(decodingSection bytes: [UInt8]) throws(RecommenderError) {
        var reader = ByteReader(bytes)
        let regularization = Double(bitPattern: try reader.read(UInt64.self))
        let memoryLimit = Int(clamping: try reader.read(UInt64.self))
        let parameters = Parameters(regularization: regularization, memoryLimit: memoryLimit)
        try parameters.validate()
        let weights: EASEWeights
        switch try reader.read(UInt32.self) {
        case 0: weights = .dense(try DenseItemWeights(decoding: &reader))
        case 1:
            let rows = try reader.readRows()
            guard rows.columns.allSatisfy({ (0..<Int32(rows.rowCount)).contains($0) }) else {
                throw RecommenderError(.damagedArtefact, "a weight comes from an item that is not there")
            }
            weights = .sparse(ItemWeights(byTarget: rows))
        case let kind: throw RecommenderError(.unsupportedArtefact, "weights of kind \(kind)")
        }
        try reader.finish()
        self.init(parameters: parameters, weights: weights)
    }
}

extension DenseItemWeights {
    fileprivate init(decoding reader: inout ByteReader) throws(RecommenderError) {
        let places = try reader.readIntegers()
        let values = try reader.readFloats()
        let active = places.indices.filter { places[$0] >= 0 }
        guard active.enumerated().allSatisfy({ Int(places[$1]) == $0 }), places.allSatisfy({ $0 >= -1 }),
            values.count == active.count * active.count, values.allSatisfy(\.isFinite)
        else { throw RecommenderError(.damagedArtefact, "weights and items contradict each other") }
        self.init(itemCount: places.count, active: active, values: values)
    }
}
