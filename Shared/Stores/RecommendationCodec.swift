import Events

/// The binary forms of the scorer's lists.
enum RecommendationCodec {
    private static let version: UInt8 = 1

    /// A list begins with profile revision and model version, eight bytes each, the highest first: what its fence compares.
    static func encode(_ list: RecommendationList) -> [UInt8] {
        var writer = BinaryWriter()
        writer.write(fixed: list.profileRevision.byteSwapped)
        writer.write(fixed: list.modelVersion.byteSwapped)
        writer.write(byte: version)
        writer.write(zigzag: list.computedAt.milliseconds)
        var names = NameTable()
        for entry in list.entries {
            names.add(entry.source)
            if let reason = entry.reason { names.add(reason.type) }
        }
        writer.write(count: names.names.count)
        for name in names.names { writer.write(text: name) }
        writer.write(count: list.entries.count)
        for entry in list.entries {
            writer.write(text: entry.itemID)
            writer.write(fixed: entry.score.bitPattern)
            writer.write(count: names.indices[entry.source] ?? 0)
            writer.write(byte: entry.reason == nil ? 0 : 1)
            if let reason = entry.reason {
                writer.write(count: names.indices[reason.type] ?? 0)
                writer.write(text: reason.itemID)
            }
        }
        return writer.bytes
    }

    static func decode(_ bytes: [UInt8]) throws(BinaryReader.Failure) -> RecommendationList {
        var reader = BinaryReader(bytes)
        let revision = try reader.readFixed(UInt64.self).byteSwapped
        let model = try reader.readFixed(UInt64.self).byteSwapped
        guard try reader.readByte() == version else { throw .invalid }
        let computedAt = Timestamp(milliseconds: try reader.readZigzag())
        var names: [String] = []
        for _ in 0..<(try reader.readCount(ofAtLeast: 1)) { names.append(try reader.readText()) }
        var list = RecommendationList(
            profileRevision: revision,
            modelVersion: model,
            computedAt: computedAt,
            entries: []
        )
        let count = try reader.readCount(ofAtLeast: 7)
        list.entries.reserveCapacity(count)
        for _ in 0..<count {
            let item = try reader.readText()
            let score = Float(bitPattern: try reader.readFixed(UInt32.self))
            let source = try name(try reader.readCount(), in: names)
            var reason: RecommendationList.Reason?
            if try reader.readByte() == 1 {
                let type = try name(try reader.readCount(), in: names)
                reason = RecommendationList.Reason(type: type, itemID: try reader.readText())
            }
            list.entries.append(.init(itemID: item, score: score, source: source, reason: reason))
        }
        return list
    }

    static func encode(_ items: [RankedItem]) -> [UInt8] {
        var writer = BinaryWriter()
        writer.write(byte: version)
        writer.write(count: items.count)
        for item in items {
            writer.write(text: item.itemID)
            writer.write(fixed: item.score.bitPattern)
        }
        return writer.bytes
    }

    static func decodeRanked(_ bytes: [UInt8]) throws(BinaryReader.Failure) -> [RankedItem] {
        var reader = BinaryReader(bytes)
        guard try reader.readByte() == version else { throw .invalid }
        var items: [RankedItem] = []
        for _ in 0..<(try reader.readCount(ofAtLeast: 5)) {
            let id = try reader.readText()
            items.append(RankedItem(itemID: id, score: Float(bitPattern: try reader.readFixed(UInt32.self))))
        }
        return items
    }

    private static func name(_ index: Int, in names: [String]) throws(BinaryReader.Failure) -> String {
        guard index < names.count else { throw .invalid }
        return names[index]
    }
}

/// Each name once, in order of appearance.
private struct NameTable {
    private(set) var names: [String] = []
    private(set) var indices: [String: Int] = [:]

    mutating func add(_ name: String) {
        guard indices[name] == nil else { return }
        indices[name] = names.count
        names.append(name)
    }
}
