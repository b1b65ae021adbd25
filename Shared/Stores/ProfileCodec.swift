import Events
import Profiles

/// The binary form of a profile: varints and deltas, event types as numbers, item ids as a shared prefix and a number,
/// and one table of what was done with items.
enum ProfileCodec {
    private static let version: UInt8 = 2
    /// Strengths and money are mostly whole thousandths and take a varint then instead of eight bytes.
    private static let unit = 1000.0

    static func encode(_ value: FencedProfile) -> [UInt8] {
        let profile = value.profile
        var writer = BinaryWriter(reservingCapacity: 512)
        value.fence.encode(into: &writer)
        writer.write(byte: version)
        writer.write(varint: profile.revision)
        writer.write(zigzag: profile.firstSeen.milliseconds)
        writer.write(zigzag: profile.lastSeen.milliseconds &- profile.firstSeen.milliseconds)
        writer.write(zigzag: profile.landmark.milliseconds &- profile.firstSeen.milliseconds)
        writer.write(count: profile.sessions)
        writer.write(zigzag: profile.lastSeen.milliseconds &- profile.latestSession.milliseconds)
        writer.write(byte: (profile.lastPurchase == nil ? 0 : 1) | (profile.segments.isEmpty ? 0 : 2))
        if let last = profile.lastPurchase {
            writer.write(zigzag: profile.lastSeen.milliseconds &- last.milliseconds)
        }
        write(profile.purchaseValue, to: &writer)
        if !profile.segments.isEmpty {
            append(profile.segments, lastSeen: profile.lastSeen, revision: profile.revision, to: &writer)
        }

        let uncounted = profile.items.values.lazy.map(\.type).filter { profile.counters[$0] == nil }
        let types = (profile.counters.keys.map(\.rawValue) + Set(uncounted).map(\.rawValue)).sorted()
        writer.write(count: types.count)
        for type in types {
            StoredNames.write(type, to: &writer)
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
        let profile: UserProfile
        switch try reader.readByte() {
        case 1: profile = try decodeVersion1(&reader)
        case version: profile = try decode(&reader)
        default: throw .invalid
        }
        guard reader.remaining == 0 else { throw .invalid }
        return FencedProfile(profile: profile, fence: fence)
    }

    private static func decode(_ reader: inout BinaryReader) throws(BinaryReader.Failure) -> UserProfile {
        let revision = UInt64(try reader.readTally())
        let firstSeen = try reader.readTime()
        var profile = UserProfile(firstEventAt: firstSeen)
        profile.revision = revision
        let lastSeen = try reader.readTime(after: firstSeen)
        profile.lastSeen = lastSeen
        profile.landmark = try reader.readTime(after: firstSeen)
        profile.sessions = try reader.readTally()
        let latestSession = Timestamp(milliseconds: lastSeen.milliseconds &- (try reader.readZigzag()))
        guard latestSession == profile.latestSession || latestSession.isWritable else { throw .invalid }
        profile.latestSession = latestSession
        let parts = try reader.readByte()
        guard parts < 4 else { throw .invalid }
        if parts & 1 != 0 { profile.lastPurchase = try reader.readTime(before: lastSeen) }
        profile.purchaseValue = try readNumber(&reader)
        if parts & 2 != 0 {
            profile.segments = try readSegments(&reader, lastSeen: lastSeen, revision: revision)
        }

        var types: [EventType] = []
        for _ in 0..<(try reader.readCount(ofAtLeast: 2)) {
            let type = EventType(rawValue: try StoredNames.read(from: &reader))
            let count = try reader.readTally()
            types.append(type)
            if count > 0 { profile.counters[type] = count }
        }
        profile.categories = try readTable(&reader)
        profile.tags = try readTable(&reader)
        profile.creators = try readTable(&reader)
        profile.items = try readItems(&reader, types: types, lastSeen: lastSeen)
        return profile
    }

    // MARK: Numbers

    /// Whole thousandths as an odd varint, anything else as a zero byte and eight bytes.
    static func write(_ number: Double, to writer: inout BinaryWriter) {
        let scaled = number * unit
        if abs(scaled) < 0x1p52, let whole = Int64(exactly: scaled), Double(whole) / unit == number,
            number.sign == .plus || whole != 0
        {
            writer.write(varint: UInt64(bitPattern: (whole << 1) ^ (whole >> 63)) << 1 | 1)
        } else {
            writer.write(byte: 0)
            writer.write(double: number)
        }
    }

    static func readNumber(_ reader: inout BinaryReader) throws(BinaryReader.Failure) -> Double {
        let head = try reader.readVarint()
        guard head != 0 else { return try reader.readFinite() }
        guard head & 1 == 1 else { throw .invalid }
        let zigzag = head >> 1
        return Double(Int64(bitPattern: zigzag >> 1) ^ -Int64(bitPattern: zigzag & 1)) / unit
    }

    // MARK: Affinities

    private static func append(_ table: AffinityTable, to writer: inout BinaryWriter) {
        writer.write(count: table.masses.count)
        for (name, mass) in table.masses.sorted(by: { $0.key < $1.key }) {
            let flags: UInt64 = (mass.liked != 0 ? 1 : 0) | (mass.disliked != 0 ? 2 : 0)
            writer.write(varint: UInt64(name.utf8.count) << 2 | flags)
            writer.write(raw: name.utf8)
            if mass.liked != 0 { writer.write(double: mass.liked) }
            if mass.disliked != 0 { writer.write(double: mass.disliked) }
        }
    }

    private static func readTable(_ reader: inout BinaryReader) throws(BinaryReader.Failure) -> AffinityTable {
        let count = try reader.readCount(ofAtLeast: 1)
        var masses: [String: AffinityTable.Mass] = [:]
        masses.reserveCapacity(count)
        for _ in 0..<count {
            let head = try reader.readVarint()
            guard let length = Int(exactly: head >> 2),
                let name = String(validating: try reader.readRaw(count: length), as: UTF8.self)
            else { throw .invalid }
            let liked = head & 1 != 0 ? try reader.readFinite() : 0
            let disliked = head & 2 != 0 ? try reader.readFinite() : 0
            masses[name] = AffinityTable.Mass(liked: liked, disliked: disliked)
        }
        return AffinityTable(masses: masses)
    }
}
