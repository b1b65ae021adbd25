import Events
import Profiles

/// The first binary form of a profile, which is only read: the next write of a user's profile replaces it.
extension ProfileCodec {
    private static let strengthUnit = 1000.0

    /// Reads what follows fence and version.
    static func decodeVersion1(_ reader: inout BinaryReader) throws(BinaryReader.Failure) -> UserProfile {
        let revision = UInt64(try reader.readTally())
        let firstSeen = try reader.readTime()
        var profile = UserProfile(firstEventAt: firstSeen)
        profile.revision = revision
        profile.lastSeen = try reader.readTime(after: firstSeen)
        profile.landmark = try reader.readTime(after: firstSeen)
        profile.sessions = try reader.readTally()
        let latestSession = Timestamp(milliseconds: try reader.readZigzag())
        guard latestSession == profile.latestSession || latestSession.isWritable else { throw .invalid }
        profile.latestSession = latestSession
        profile.purchaseValue = try reader.readFinite()
        if try reader.readByte() == 1 { profile.lastPurchase = try reader.readTime() }

        var types: [EventType] = []
        for _ in 0..<(try reader.readCount(ofAtLeast: 2)) {
            let type = EventType(rawValue: try reader.readText())
            let count = try reader.readTally()
            types.append(type)
            if count > 0 { profile.counters[type] = count }
        }
        profile.categories = try readTable(&reader)
        profile.tags = try readTable(&reader)
        profile.creators = try readTable(&reader)
        profile.items = try readItemsOfVersion1(&reader, types: types, lastSeen: profile.lastSeen)
        return profile
    }

    private static func readTable(_ reader: inout BinaryReader) throws(BinaryReader.Failure) -> AffinityTable {
        var table = AffinityTable()
        for _ in 0..<(try reader.readCount(ofAtLeast: 2)) {
            let name = try reader.readText()
            let flags = try reader.readByte()
            let liked = flags & 1 != 0 ? try reader.readFinite() : 0
            let disliked = flags & 2 != 0 ? try reader.readFinite() : 0
            table.masses[name] = AffinityTable.Mass(liked: liked, disliked: disliked)
        }
        return table
    }

    private static func readItemsOfVersion1(
        _ reader: inout BinaryReader,
        types: [EventType],
        lastSeen: Timestamp
    ) throws(BinaryReader.Failure) -> [String: ItemSignal] {
        let count = try reader.readCount(ofAtLeast: 5)
        var items: [String: ItemSignal] = [:]
        items.reserveCapacity(count)
        var previous = lastSeen
        for _ in 0..<count {
            let id = try reader.readText()
            let flags = try reader.readByte()
            let type = try reader.readCount()
            guard type < types.count else { throw .invalid }
            let strength = flags & 4 != 0 ? try reader.readFinite() : Double(try reader.readZigzag()) / strengthUnit
            previous = try reader.readTime(before: previous)
            guard previous <= lastSeen else { throw .invalid }
            items[id] = ItemSignal(
                type: types[type],
                strength: strength,
                lastTime: previous,
                count: flags & 8 != 0 ? 1 : try reader.readTally(),
                isConsumed: flags & 1 != 0,
                isRejected: flags & 2 != 0
            )
        }
        return items
    }
}
