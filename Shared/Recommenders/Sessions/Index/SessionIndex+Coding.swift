extension SessionIndex {
    /// How many sessions were ever seen, how many of those that are kept have each item, and these sessions, oldest first: the
    /// lengths, the items with the places of their last clicks, then of each the place in the logs and the time.
    func write(to writer: inout ByteWriter) {
        writer.write(UInt64(seenCount))
        writer.write(counts)
        writer.write((0..<sessionCount).map { Int32(truncatingIfNeeded: range(of: $0).count) })
        writer.write(items)
        writer.write(places)
        for time in times {
            writer.write(UInt64(time.ordinal))
            writer.write(time.seconds.bitPattern)
        }
    }

    /// Reads what ``write(to:)`` wrote, and indexes the sessions again.
    init(reading reader: inout ByteReader, policy: Policy) throws(RecommenderError) {
        let seenCount = Int(clamping: try reader.read(UInt64.self))
        let counts = try reader.readIntegers()
        self.init(itemCount: counts.count, policy: policy, seenCount: seenCount)
        insert(try Self.entries(&reader, self), itemCount: counts.count)
        guard self.counts == counts else { throw RecommenderError(.damagedArtefact, "sessions and counts differ") }
    }

    private static func entries(
        _ reader: inout ByteReader,
        _ index: SessionIndex
    ) throws(RecommenderError) -> [Entry] {
        let lengths = try reader.readIntegers()
        let items = try reader.readIntegers()
        let places = try reader.readIntegers()
        let total = lengths.reduce(0) { $0 + Int($1) }
        guard items.count == total, places.count == total,
            lengths.allSatisfy({ $0 > 0 }), places.allSatisfy({ $0 >= 0 }),
            items.allSatisfy({ $0 >= 0 && $0 < index.itemCount })
        else { throw RecommenderError(.damagedArtefact, "sessions and items contradict each other") }
        var entries: [Entry] = []
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
            entries.append(Entry(time: time, items: Array(session), places: Array(places[range])))
            start = range.upperBound
        }
        return entries
    }
}
