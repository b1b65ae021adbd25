extension STANModel: ArtefactCodable {
    /// The section `stan`.
    public static var sectionName: String { "stan" }

    /// Parameters and sessions; a decay that is off is zero.
    public func encodedSection() -> [UInt8] {
        var writer = ByteWriter()
        writer.write(UInt32(parameters.recentSessions))
        writer.write(UInt32(parameters.neighbours))
        writer.write(UInt32(parameters.lastClicks))
        writer.write(parameters.clickDecay ?? 0)
        writer.write((parameters.recencyDays ?? 0).bitPattern)
        writer.write(parameters.placeDecay ?? 0)
        writer.write(parameters.matchDecay ?? 0)
        writer.write(parameters.idfWeight)
        writer.write(UInt64(parameters.mostSessions))
        writer.write((parameters.maximumAgeDays ?? 0).bitPattern)
        index.write(to: &writer)
        return writer.bytes
    }

    /// Reads what ``encodedSection()`` wrote, and indexes the sessions again.
    public init(decodingSection bytes: [UInt8]) throws(RecommenderError) {
        var reader = ByteReader(bytes)
        func unlessZero<Number: FloatingPoint>(_ number: Number) -> Number? { number == 0 ? nil : number }
        let parameters = STANParameters(
            recentSessions: Int(try reader.read(UInt32.self)),
            neighbours: Int(try reader.read(UInt32.self)),
            lastClicks: Int(try reader.read(UInt32.self)),
            clickDecay: unlessZero(try reader.readFloat()),
            recencyDays: unlessZero(Double(bitPattern: try reader.read(UInt64.self))),
            placeDecay: unlessZero(try reader.readFloat()),
            matchDecay: unlessZero(try reader.readFloat()),
            idfWeight: try reader.readFloat(),
            mostSessions: Int(clamping: try reader.read(UInt64.self)),
            maximumAgeDays: unlessZero(Double(bitPattern: try reader.read(UInt64.self)))
        )
        try parameters.validate()
        let index = try SessionIndex(reading: &reader, policy: parameters.indexPolicy)
        try reader.finish()
        self.init(parameters: parameters, index: index)
    }
}
