import Events
import Profiles

/// The binary form of a profile: varints, deltas, and one table of event types.
enum ProfileCodec {
    private static let version: UInt8 = 1
    /// Strengths that are whole thousandths, as nearly all are, take a varint instead of eight bytes.
    private static let strengthUnit = 1000.0

    static func encode(_ value: FencedProfile) -> [UInt8] {
        let profile = value.profile
        var writer = BinaryWriter()
        value.fence.encode(into: &writer)
        writer.write(byte: version)
        writer.write(varint: profile.revision)
        writer.write(zigzag: profile.firstSeen.milliseconds)
        writer.write(zigzag: profile.lastSeen.milliseconds - profile.firstSeen.milliseconds)
        writer.write(zigzag: profile.landmark.milliseconds - profile.firstSeen.milliseconds)
        writer.write(count: profile.sessions)
        writer.write(zigzag: profile.latestSession.milliseconds)
        writer.write(double: profile.purchaseValue)
        writer.write(byte: profile.lastPurchase == nil ? 0 : 1)
        if let last = profile.lastPurchase { writer.write(zigzag: last.milliseconds) }

        let types = Set(profile.counters.keys).union(profile.items.values.map(\.type)).map(\.rawValue).sorted()
        writer.write(count: types.count)
        for type in types {
            writer.write(text: type)
            writer.write(count: profile.counters[EventType(rawValue: type)] ?? 0)
        }
        for table in [profile.categories, profile.tags, profile.creators] { append(table, to: &writer) }
        append(profile.items, types: types, lastSeen: profile.lastSeen, to: &writer)
        return writer.bytes
    }

    /// Refuses what no events add up to, so that folding goes on from sound numbers.
    static func decode(_ bytes: [UInt8]) throws(BinaryReader.Failure) -> FencedProfile {
        var reader = BinaryReader(bytes)
        let fence = try Fence(decoding: &reader)
        guard try reader.readByte() == version else { throw .invalid }
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
        profile.items = try readItems(&reader, types: types, lastSeen: profile.lastSeen)
        guard reader.remaining == 0 else { throw .invalid }
        return FencedProfile(profile: profile, fence: fence)
    }

    private static func append(_ table: AffinityTable, to writer: inout BinaryWriter) {
        writer.write(count: table.masses.count)
        for (name, mass) in table.masses.sorted(by: { $0.key < $1.key }) {
            writer.write(text: name)
            writer.write(byte: (mass.liked != 0 ? 1 : 0) | (mass.disliked != 0 ? 2 : 0))
            if mass.liked != 0 { writer.write(double: mass.liked) }
            if mass.disliked != 0 { writer.write(double: mass.disliked) }
        }
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

    private static func append(
        _ items: [String: ItemSignal],
        types: [String],
        lastSeen: Timestamp,
        to writer: inout BinaryWriter
    ) {
        let indices = Dictionary(uniqueKeysWithValues: types.enumerated().map { ($0.element, $0.offset) })
        let latestFirst = items.sorted { ($1.value.lastTime, $0.key) < ($0.value.lastTime, $1.key) }
        writer.write(count: items.count)
        var previous = lastSeen.milliseconds
        for (id, signal) in latestFirst {
            let scaled = signal.strength * strengthUnit
            let short = Int64(exactly: scaled).flatMap { Double($0) / strengthUnit == signal.strength ? $0 : nil }
            writer.write(text: id)
            writer.write(
                byte: (signal.isConsumed ? 1 : 0) | (signal.isRejected ? 2 : 0) | (short == nil ? 4 : 0)
                    | (signal.count == 1 ? 8 : 0)
            )
            writer.write(count: indices[signal.type.rawValue] ?? 0)
            if let short { writer.write(zigzag: short) } else { writer.write(double: signal.strength) }
            writer.write(zigzag: previous - signal.lastTime.milliseconds)
            previous = signal.lastTime.milliseconds
            if signal.count != 1 { writer.write(count: signal.count) }
        }
    }

    private static func readItems(
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
