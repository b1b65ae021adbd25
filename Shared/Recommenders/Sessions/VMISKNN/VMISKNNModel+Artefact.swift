extension VMISKNNModel: ArtefactCodable {
    /// The section `vmis-knn`.
    public static var sectionName: String { "vmis-knn" }

    /// Parameters and sessions (``SessionIndex/write(to:)``).
    public func encodedSection() -> [UInt8] {
        var writer = ByteWriter()
        writer.write(UInt32(parameters.recentSessions))
        writer.write(UInt32(parameters.neighbours))
        writer.write(UInt32(parameters.lastClicks))
        writer.write(parameters.idfWeight)
        writer.write(parameters.lengthQuantile.bitPattern)
        switch parameters.ties {
        case .given:
            writer.write(UInt32(0))
            writer.write(UInt64(0))
        case .seeded(let seed):
            writer.write(UInt32(1))
            writer.write(seed)
        }
        writer.write(UInt64(parameters.mostSessions))
        // Zero stands for no age.
        writer.write((parameters.maximumAgeDays ?? 0).bitPattern)
        index.write(to: &writer)
        return writer.bytes
    }

    /// Reads what ``encodedSection()`` wrote, and indexes the sessions again.
    public init(decodingSection bytes: [UInt8]) throws(RecommenderError) {
        var reader = ByteReader(bytes)
        var parameters = VMISKNNParameters(
            recentSessions: Int(try reader.read(UInt32.self)),
            neighbours: Int(try reader.read(UInt32.self)),
            lastClicks: Int(try reader.read(UInt32.self)),
            idfWeight: try reader.readFloat(),
            lengthQuantile: Double(bitPattern: try reader.read(UInt64.self))
        )
        let tieOrder = try reader.read(UInt32.self)
        let seed = try reader.read(UInt64.self)
        switch tieOrder {
        case 0: parameters.ties = .given
        case 1: parameters.ties = .seeded(seed)
        default: throw RecommenderError(.unsupportedArtefact, "order of ties of kind \(tieOrder)")
        }
        parameters.mostSessions = Int(clamping: try reader.read(UInt64.self))
        let age = Double(bitPattern: try reader.read(UInt64.self))
        parameters.maximumAgeDays = age == 0 ? nil : age
        try parameters.validate()
        let index = try SessionIndex(reading: &reader, policy: parameters.indexPolicy)
        try reader.finish()
        self.init(parameters: parameters, index: index)
    }
}
