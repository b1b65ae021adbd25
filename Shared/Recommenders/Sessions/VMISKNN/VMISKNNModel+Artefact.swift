extension VMISKNNModel: ArtefactCodable {
    /// The section `vmis-knn`.
    public static var sectionName: String { "vmis-knn" }

    /// Parameters, how many sessions were ever seen, how many of those that are kept have each item, and these sessions, oldest
    /// first: the lengths, the items with the places of their last clicks, then of each the place in the logs and the time.
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
        writer.write(UInt64(index.seenCount))
        writer.write(index.counts)
        writer.write((0..<sessionCount).map { Int32(truncatingIfNeeded: index.range(of: $0).count) })
        writer.write(index.items)
        writer.write(index.places)
        for time in index.times {
            writer.write(UInt64(time.ordinal))
            writer.write(time.seconds.bitPattern)
        }
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
        let seenCount = Int(clamping: try reader.read(UInt64.self))
        let counts = try reader.readIntegers()
        var index = SessionIndex(itemCount: counts.count, policy: parameters.indexPolicy, seenCount: seenCount)
        index.insert(try Self.entries(&reader, index), itemCount: counts.count)
        try reader.finish()
        guard index.counts == counts else { throw RecommenderError(.damagedArtefact, "sessions and counts differ") }
        self.init(parameters: parameters, index: index)
    }

    private static func entries(
        _ reader: inout ByteReader,
        _ index: SessionIndex
    ) throws(RecommenderError) -> [SessionIndex.Entry] {
        let lengths = try reader.readIntegers()
        let items = try reader.readIntegers()
        let places = try reader.readIntegers()
        let total = lengths.reduce(0) { $0 + Int($1) }
        guard items.count == total, places.count == total,
            lengths.allSatisfy({ $0 > 0 }), places.allSatisfy({ $0 >= 0 }),
            items.allSatisfy({ $0 >= 0 && $0 < index.itemCount })
        else { throw RecommenderError(.damagedArtefact, "sessions and items contradict each other") }
        var entries: [SessionIndex.Entry] = []
        entries.reserveCapacity(lengths.count)
        var start = 0
        for length in lengths {
            let range = start..<start + Int(length)
            let ordinal = try reader.read(UInt64.self)
            let seconds = Double(bitPattern: try reader.read(UInt64.self))
            let session = items[range]
            guard ordinal < index.seenCount, seconds.isFinite, zip(session, session.dropFirst()).allSatisfy({ $0 < $1 })
            else {
                throw RecommenderError(.damagedArtefact, "a session is not in order")
            }
            let time = index.time(seconds: seconds, ordinal: Int(ordinal))
            entries.append(SessionIndex.Entry(time: time, items: Array(session), places: Array(places[range])))
            start = range.upperBound
        }
        return entries
    }
}
