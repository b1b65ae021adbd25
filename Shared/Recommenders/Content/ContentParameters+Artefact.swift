extension ContentParameters {
    func encode(into writer: inout ByteWriter) {
        writer.write(UInt32(clamping: tokenizer.minimumLength))
        let stopWords = tokenizer.stopWords.sorted()
        writer.write(UInt32(stopWords.count))
        for word in stopWords { writer.write(text: word) }
        switch textWeighting {
        case .tfIdf(let sublinear):
            writer.write(UInt32(0))
            writer.write(Float(sublinear ? 1 : 0))
            writer.write(Float(0))
        case .bm25(let k1, let b):
            writer.write(UInt32(1))
            writer.write(k1)
            writer.write(b)
        }
        writer.write(UInt32(clamping: minimumItems))
        writer.write(maximumShare)
        writer.write(UInt32(clamping: latentDimensions))
        writer.write(UInt32(clamping: powerIterations))
        writer.write(tagDecay)
        for weight in [weights.text, weights.tags, weights.creators, weights.vector] { writer.write(weight) }
        writer.write(text: similarity.rawValue)
        writer.write(text: combination.rawValue)
    }

    init(decoding reader: inout ByteReader) throws(RecommenderError) {
        self.init()
        tokenizer.minimumLength = Int(try reader.read(UInt32.self))
        for _ in 0..<(try reader.read(UInt32.self)) { tokenizer.stopWords.insert(try reader.readText()) }
        let (kind, first, second) = (try reader.read(UInt32.self), try reader.readFloat(), try reader.readFloat())
        switch kind {
        case 0: textWeighting = .tfIdf(sublinear: first != 0)
        case 1: textWeighting = .bm25(k1: first, b: second)
        default: throw RecommenderError(.unsupportedArtefact, "weighting of kind \(kind)")
        }
        minimumItems = Int(try reader.read(UInt32.self))
        maximumShare = try reader.readFloat()
        latentDimensions = Int(try reader.read(UInt32.self))
        powerIterations = Int(try reader.read(UInt32.self))
        tagDecay = try reader.readFloat()
        weights.text = try reader.readFloat()
        weights.tags = try reader.readFloat()
        weights.creators = try reader.readFloat()
        weights.vector = try reader.readFloat()
        guard let similarity = Similarity(rawValue: try reader.readText()),
            let combination = Combination(rawValue: try reader.readText())
        else { throw RecommenderError(.unsupportedArtefact, "a similarity or combination of another version") }
        self.similarity = similarity
        self.combination = combination
        try validate()
    }
}
