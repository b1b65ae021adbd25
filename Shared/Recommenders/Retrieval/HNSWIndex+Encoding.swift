extension HNSWIndex: ArtefactCodable {
    /// The section `hnsw`.
    public static var sectionName: String { "hnsw" }

    /// The bytes of the whole index, with a checksum.
    public func encoded() -> [UInt8] {
        var artefact = ModelArtefact()
        artefact.set(self)
        return artefact.encoded()
    }

    /// Reads what ``encoded()`` wrote; throws `damagedArtefact` for anything else, `unsupportedArtefact` for a version
    /// or metric that this code does not know.
    public init(decoding bytes: [UInt8]) throws(RecommenderError) {
        self = try ModelArtefact(decoding: bytes).model()
    }

    /// Parameters, recall, graph, vectors.
    public func encodedSection() -> [UInt8] {
        var writer = ByteWriter()
        writer.write(UInt32(parameters.m))
        writer.write(UInt32(parameters.efConstruction))
        writer.write(UInt32(parameters.efSearch))
        writer.write(parameters.normQuantile)
        writer.write(UInt32(VectorMetric.allCases.firstIndex(of: metric) ?? 0))
        writer.write(UInt32(dimension))
        writer.write(UInt32(recall?.limit ?? 0))
        writer.write(UInt32(recall?.queryCount ?? 0))
        writer.write(recall?.sample.rawValue ?? 0)
        writer.write((recall?.share ?? 0).bitPattern)
        writer.write(graph.entry)
        writer.write(UInt32(graph.entryLevel))
        writer.write(graph.links.map(Int32.init(bitPattern:)))
        writer.write(graph.upperOffsets.map(Int32.init(bitPattern:)))
        writer.write(graph.upperLinks.map(Int32.init(bitPattern:)))
        writer.write(vectors)
        return writer.bytes
    }

    /// Reads what ``encodedSection()`` wrote; a graph that leads out of its arrays is damaged.
    public init(decodingSection bytes: [UInt8]) throws(RecommenderError) {
        var reader = ByteReader(bytes)
        let parameters = HNSWParameters(
            m: Int(try reader.read(UInt32.self)),
            efConstruction: Int(try reader.read(UInt32.self)),
            efSearch: Int(try reader.read(UInt32.self)),
            normQuantile: try reader.readFloat()
        )
        do { try parameters.validate() } catch { throw RecommenderError(.damagedArtefact, error.message) }
        let metric = Int(try reader.read(UInt32.self))
        guard VectorMetric.allCases.indices.contains(metric) else {
            throw RecommenderError(.unsupportedArtefact, "metric \(metric)")
        }
        let dimension = Int(try reader.read(UInt32.self))
        let limit = Int(try reader.read(UInt32.self))
        let queryCount = Int(try reader.read(UInt32.self))
        let sample = IndexRecall.Sample(rawValue: try reader.read(UInt32.self))
        let share = Double(bitPattern: try reader.read(UInt64.self))
        guard let sample, (0...1).contains(share) else { throw RecommenderError(.damagedArtefact, "recall") }
        let entry = try reader.read(UInt32.self)
        let entryLevel = Int(try reader.read(UInt32.self))
        let graph = HNSWGraph(
            degree: parameters.m,
            links: try reader.readIntegers().map(UInt32.init(bitPattern:)),
            upperOffsets: try reader.readIntegers().map(UInt32.init(bitPattern:)),
            upperLinks: try reader.readIntegers().map(UInt32.init(bitPattern:)),
            entry: entry,
            entryLevel: entryLevel
        )
        let vectors = try reader.readFloats()
        try reader.finish()
        guard graph.isSound, dimension > 0, vectors.count == graph.count * FactorMatrix.padded(dimension),
            vectors.allSatisfy(\.isFinite)
        else { throw RecommenderError(.damagedArtefact, "the graph contradicts itself") }
        self.init(
            parameters: parameters,
            dimension: dimension,
            metric: VectorMetric.allCases[metric],
            recall: queryCount > 0
                ? IndexRecall(share: share, limit: limit, queryCount: queryCount, sample: sample) : nil,
            graph: graph,
            vectors: vectors
        )
    }
}
