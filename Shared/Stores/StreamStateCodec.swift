import Events
import Sessions

/// The binary form of a stream state, without the event ids, which have a key of their own.
enum StreamStateCodec {
    private static let version: UInt8 = 1
    /// Eight bytes of hash and four of arrival time.
    static let seenEntrySize = 12

    static func encode(_ state: StreamState) -> [UInt8] {
        var writer = BinaryWriter()
        state.fence.encode(into: &writer)
        writer.write(byte: version)
        writer.write(count: state.processed)
        writer.write(count: state.duplicates)
        writer.write(byte: state.session == nil ? 0 : 1)
        if let session = state.session {
            writer.write(zigzag: session.start.milliseconds)
            writer.write(zigzag: session.lastEvent.milliseconds - session.start.milliseconds)
        }
        return writer.bytes
    }

    static func decode(_ bytes: [UInt8], seen: [UInt8]) throws(BinaryReader.Failure) -> StreamState {
        var reader = BinaryReader(bytes)
        let fence = try Fence(decoding: &reader)
        guard try reader.readByte() == version else { throw .invalid }
        let processed = try reader.readTally()
        let duplicates = try reader.readTally()
        var session: OpenSession?
        if try reader.readByte() == 1 {
            let start = try reader.readTime()
            session = OpenSession(start: start, lastEvent: try reader.readTime(after: start))
        }
        guard reader.remaining == 0 else { throw .invalid }
        return StreamState(
            session: session,
            processed: processed,
            duplicates: duplicates,
            seen: SeenEvents(stored: try decodeSeen(seen)),
            fence: fence
        )
    }

    static func encode(_ entries: some Sequence<SeenEvents.Entry>) -> [UInt8] {
        var writer = BinaryWriter()
        for entry in entries {
            writer.write(fixed: entry.hash)
            writer.write(fixed: entry.arrival)
        }
        return writer.bytes
    }

    private static func decodeSeen(_ bytes: [UInt8]) throws(BinaryReader.Failure) -> [SeenEvents.Entry] {
        guard bytes.count.isMultiple(of: seenEntrySize) else { throw .invalid }
        var reader = BinaryReader(bytes)
        var entries: [SeenEvents.Entry] = []
        entries.reserveCapacity(bytes.count / seenEntrySize)
        while reader.remaining > 0 {
            entries.append(
                SeenEvents.Entry(hash: try reader.readFixed(UInt64.self), arrival: try reader.readFixed(UInt32.self))
            )
        }
        return entries
    }
}
