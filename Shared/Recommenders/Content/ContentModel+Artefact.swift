extension ContentModel: ArtefactCodable {
    /// The section `content`.
    public static var sectionName: String { "content" }

    /// Parameters, the terms of each kind with what they count, the latent dimensions, and the vector of each item.
    public func encodedSection() -> [UInt8] {
        var writer = ByteWriter()
        parameters.encode(into: &writer)
        features.words.encode(into: &writer) { $0.write(text: $1) }
        features.tags.encode(into: &writer) { writer, tag in
            writer.write(UInt32(tag.names.count))
            for name in tag.names { writer.write(text: name) }
        }
        features.creators.encode(into: &writer) { $0.write(text: $1) }
        writer.write(UInt32(features.vectorLength))
        writer.write(UInt32(features.projection == nil ? 0 : 1))
        if let projection = features.projection {
            writer.write(UInt32(projection.width))
            writer.write(projection.unpadded)
        }
        writer.write(rows: vectors.sparse)
        writer.write(vectors.dense.unpadded)
        return writer.bytes
    }

    /// Reads what ``encodedSection()`` wrote.
    public init(decodingSection bytes: [UInt8]) throws(RecommenderError) {
        var reader = ByteReader(bytes)
        let parameters = try ContentParameters(decoding: &reader)
        let words = try TermStatistics(decoding: &reader, weighting: parameters.textWeighting) {
            (reader) throws(RecommenderError) in try reader.readText()
        }
        let names = ContentFeatures.nameWeighting
        let tags = try TermStatistics(decoding: &reader, weighting: names) {
            (reader) throws(RecommenderError) -> TagPath in
            var path: [String] = []
            for _ in 0..<(try reader.read(UInt32.self)) { path.append(try reader.readText()) }
            return TagPath(names: path)
        }
        let creators = try TermStatistics(decoding: &reader, weighting: names) {
            (reader) throws(RecommenderError) in try reader.readText()
        }
        let vectorLength = Int(try reader.read(UInt32.self))
        var projection: FactorMatrix?
        if try reader.read(UInt32.self) != 0 {
            let width = Int(try reader.read(UInt32.self))
            guard (0...1024).contains(width) else { throw RecommenderError(.damagedArtefact, "\(width) dimensions") }
            projection = try reader.readMatrix(rowCount: words.termCount, width: width)
        }
        let features = ContentFeatures(
            parameters: parameters,
            words: words,
            tags: tags,
            creators: creators,
            vectorLength: vectorLength,
            projection: projection
        )
        let sparse = try reader.readRows()
        guard sparse.rowCount > 0, sparse.columns.allSatisfy({ $0 < Int32(features.sparseCount) }) else {
            throw RecommenderError(.damagedArtefact, "an item has a feature that is not there")
        }
        let dense = try reader.readMatrix(rowCount: sparse.rowCount, width: features.denseCount)
        try reader.finish()
        let vectors = ItemVectors(sparse: sparse, sparseCount: features.sparseCount, dense: dense)
        self.init(features: features, vectors: vectors)
    }
}

extension TermStatistics {
    fileprivate func encode(into writer: inout ByteWriter, _ write: (inout ByteWriter, Term) -> Void) {
        writer.write(meanLength)
        writer.write(inverseDocumentFrequencies)
        for entry in columns.sorted(by: { $0.value < $1.value }) { write(&writer, entry.key) }
    }

    fileprivate init(
        decoding reader: inout ByteReader,
        weighting: TermWeighting,
        _ read: (inout ByteReader) throws(RecommenderError) -> Term
    ) throws(RecommenderError) {
        let meanLength = try reader.readFloat()
        let frequencies = try reader.readFloats()
        var columns: [Term: Int32] = [:]
        for column in frequencies.indices { columns[try read(&reader)] = Int32(truncatingIfNeeded: column) }
        guard columns.count == frequencies.count, meanLength.isFinite, frequencies.allSatisfy(\.isFinite) else {
            throw RecommenderError(.damagedArtefact, "a term stands there twice, or a number is not finite")
        }
        self.init(
            columns: columns,
            inverseDocumentFrequencies: frequencies,
            meanLength: meanLength,
            weighting: weighting
        )
    }
}

extension ByteReader {
    fileprivate mutating func readMatrix(rowCount: Int, width: Int) throws(RecommenderError) -> FactorMatrix {
        let values = try readFloats()
        let (count, overflow) = rowCount.multipliedReportingOverflow(by: width)
        guard !overflow, values.count == count, values.allSatisfy(\.isFinite) else {
            throw RecommenderError(.damagedArtefact, "\(values.count) numbers for \(rowCount) rows of \(width)")
        }
        var matrix = FactorMatrix(rowCount: rowCount, width: width)
        matrix.fill(values)
        return matrix
    }
}
