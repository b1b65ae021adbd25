import Events

/// The binary forms of the scorer's lists.
enum RecommendationCodec {
    private static let version: UInt8 = 2
    private static let rankedVersion: UInt8 = 1
    /// Scores keep the upper 24 bits of a float, a precision of 3e-5: neighbours then differ by a byte or two.
    private static let droppedScoreBits: UInt32 = 8

    /// A list begins with profile revision and model version, eight bytes each, the highest first: what its fence compares.
    static func encode(_ list: RecommendationList) -> [UInt8] {
        var writer = BinaryWriter(reservingCapacity: 512)
        writer.write(fixed: list.profileRevision.byteSwapped)
        writer.write(fixed: list.modelVersion.byteSwapped)
        writer.write(byte: version)
        writer.write(zigzag: list.computedAt.milliseconds)
        // What entries have in common: the source and the type of the reason, empty without one.
        let origins = NameTable(list.entries.map { [$0.source, $0.reason?.type ?? ""] })
        writer.write(count: origins.rows.count)
        for origin in origins.rows { for name in origin { StoredNames.write(name, to: &writer) } }
        let causes = NameTable(list.entries.compactMap { $0.reason.map { [$0.itemID] } })
        let causeIDs = causes.rows.map { $0[0] }
        let prefixes = IDPrefixes(of: list.entries.map(\.itemID) + causeIDs)
        prefixes.write(to: &writer)
        writer.write(count: causeIDs.count)
        for id in causeIDs {
            let form = prefixes.form(of: id)
            writer.write(count: form.form)
            prefixes.write(id, form: form, to: &writer)
        }
        writer.write(count: list.entries.count)
        var previous: UInt32 = 0
        for entry in list.entries {
            let form = prefixes.form(of: entry.itemID)
            let origin = origins.indices[[entry.source, entry.reason?.type ?? ""]] ?? 0
            writer.write(count: origin * prefixes.formCount + form.form)
            prefixes.write(entry.itemID, form: form, to: &writer)
            let bits = entry.score.bitPattern >> droppedScoreBits
            writer.write(zigzag: Int64(previous) - Int64(bits))
            previous = bits
            if let reason = entry.reason { writer.write(count: causes.indices[[reason.itemID]] ?? 0) }
        }
        return writer.bytes
    }

    static func decode(_ bytes: [UInt8]) throws(BinaryReader.Failure) -> RecommendationList {
        var reader = BinaryReader(bytes)
        let revision = try reader.readFixed(UInt64.self).byteSwapped
        let model = try reader.readFixed(UInt64.self).byteSwapped
        let version = try reader.readByte()
        guard version == 1 || version == Self.version else { throw .invalid }
        let computedAt = Timestamp(milliseconds: try reader.readZigzag())
        let entries = version == 1 ? try entriesOfVersion1(&reader) : try entries(&reader)
        guard reader.isAtEnd else { throw .invalid }
        return RecommendationList(
            profileRevision: revision,
            modelVersion: model,
            computedAt: computedAt,
            entries: entries
        )
    }

    private static func entries(_ reader: inout BinaryReader) throws(BinaryReader.Failure) -> [RecommendationList.Entry]
    {
        var origins: [(source: String, reason: String)] = []
        for _ in 0..<(try reader.readCount(ofAtLeast: 2)) {
            origins.append((try StoredNames.read(from: &reader), try StoredNames.read(from: &reader)))
        }
        let prefixes = try IDPrefixes(from: &reader)
        var causes: [String] = []
        for _ in 0..<(try reader.readCount(ofAtLeast: 2)) {
            causes.append(try prefixes.read(form: try reader.readCount(), from: &reader))
        }
        let count = try reader.readCount(ofAtLeast: 3)
        var entries: [RecommendationList.Entry] = []
        entries.reserveCapacity(count)
        var bits: Int64 = 0
        for _ in 0..<count {
            let (origin, form) = (try reader.readCount()).quotientAndRemainder(dividingBy: prefixes.formCount)
            guard origin < origins.count else { throw .invalid }
            let item = try prefixes.read(form: form, from: &reader)
            bits &-= try reader.readZigzag()
            guard let kept = UInt32(exactly: bits), kept <= UInt32.max >> droppedScoreBits else { throw .invalid }
            var reason: RecommendationList.Reason?
            if !origins[origin].reason.isEmpty {
                let cause = try name(try reader.readCount(), in: causes)
                reason = RecommendationList.Reason(type: origins[origin].reason, itemID: cause)
            }
            let score = Float(bitPattern: kept << droppedScoreBits)
            entries.append(.init(itemID: item, score: score, source: origins[origin].source, reason: reason))
        }
        return entries
    }

    /// The first form, which is only read: lists live for a month.
    private static func entriesOfVersion1(
        _ reader: inout BinaryReader
    ) throws(BinaryReader.Failure) -> [RecommendationList.Entry] {
        var names: [String] = []
        for _ in 0..<(try reader.readCount(ofAtLeast: 1)) { names.append(try reader.readText()) }
        let count = try reader.readCount(ofAtLeast: 7)
        var entries: [RecommendationList.Entry] = []
        entries.reserveCapacity(count)
        for _ in 0..<count {
            let item = try reader.readText()
            let score = Float(bitPattern: try reader.readFixed(UInt32.self))
            let source = try name(try reader.readCount(), in: names)
            var reason: RecommendationList.Reason?
            if try reader.readByte() == 1 {
                let type = try name(try reader.readCount(), in: names)
                guard !type.isEmpty else { throw .invalid }
                reason = RecommendationList.Reason(type: type, itemID: try reader.readText())
            }
            entries.append(.init(itemID: item, score: score, source: source, reason: reason))
        }
        return entries
    }

    static func encode(_ items: [RankedItem]) -> [UInt8] {
        var writer = BinaryWriter()
        writer.write(byte: rankedVersion)
        writer.write(count: items.count)
        for item in items {
            writer.write(text: item.itemID)
            writer.write(fixed: item.score.bitPattern)
        }
        return writer.bytes
    }

    static func decodeRanked(_ bytes: [UInt8]) throws(BinaryReader.Failure) -> [RankedItem] {
        var reader = BinaryReader(bytes)
        guard try reader.readByte() == rankedVersion else { throw .invalid }
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

/// Each row of names once, in order of appearance.
private struct NameTable {
    private(set) var rows: [[String]] = []
    private(set) var indices: [[String]: Int] = [:]

    init(_ rows: [[String]]) {
        for row in rows where indices[row] == nil {
            indices[row] = self.rows.count
            self.rows.append(row)
        }
    }
}
