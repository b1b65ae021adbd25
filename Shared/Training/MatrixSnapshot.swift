import Events
import Recommenders

/// The matrix as bytes, with the offsets up to which it has read `activity`.
///
/// Carried by the same container as models: magic number, version, checksum; damaged bytes are refused.
public struct MatrixSnapshot: Sendable, Equatable {
    /// Which cluster the offsets belong to, and how the plan folds events.
    public var origin: String
    /// The next offset of each partition of `activity`.
    public var offsets: [Int32: Int64]
    /// The matrix.
    public var matrix: ActivityMatrix
    /// ``ActivityMatrix/changes`` that the latest training has seen.
    public var trainedChanges: UInt64

    private static let section = "activity-matrix-2"

    /// Creates a snapshot.
    public init(
        origin: String,
        offsets: [Int32: Int64] = [:],
        matrix: ActivityMatrix = ActivityMatrix(),
        trainedChanges: UInt64 = 0
    ) {
        self.origin = origin
        self.offsets = offsets
        self.matrix = matrix
        self.trainedChanges = trainedChanges
    }

    /// The bytes of a snapshot file.
    public func encoded() -> [UInt8] {
        var writer = BinaryWriter()
        writer.write(text: origin)
        for tally in [trainedChanges, matrix.applied, matrix.changes] { writer.write(varint: tally) }
        writer.write(count: offsets.count)
        for (partition, offset) in offsets.sorted(by: { $0.key < $1.key }) {
            writer.write(varint: UInt64(partition))
            writer.write(varint: UInt64(offset))
        }
        writer.write(count: matrix.itemIDs.count)
        for id in matrix.itemIDs { writer.write(text: id) }
        writer.write(count: matrix.lanes.lanes.count)
        for lane in matrix.lanes.lanes {
            writer.write(byte: lane.topic.rawValue)
            writer.write(varint: UInt64(lane.generation))
            writer.write(varint: UInt64(lane.partition))
        }
        writer.write(count: matrix.clicks.tallies.count)
        for (version, tally) in matrix.clicks.tallies.sorted(by: { $0.key < $1.key }) {
            for number in [version, tally.shown, tally.clicked] { writer.write(varint: number) }
        }
        writer.write(count: matrix.rows.count)
        for (key, row) in zip(matrix.keys, matrix.rows) { Self.write(key, row, to: &writer) }
        return ModelArtefact(sections: [Self.section: writer.bytes]).encoded()
    }

    private static func write(_ key: UserKey, _ row: ActivityMatrix.Row, to writer: inout BinaryWriter) {
        writer.write(text: key.rawValue)
        writer.write(zigzag: row.newest)
        let words = row.fence.words
        writer.write(count: words.count)
        for word in words { writer.write(varint: word) }
        writer.write(count: row.entries.count)
        for entry in row.entries {
            writer.write(varint: UInt64(entry.key))
            writer.write(fixed: entry.sum.bitPattern)
            writer.write(zigzag: entry.time)
        }
        writer.write(count: row.visits.count)
        for visit in row.visits {
            for number in [visit.item, visit.time, visit.session] { writer.write(varint: UInt64(number)) }
        }
    }

    /// Throws for damaged bytes; the caller then reads `activity` from its beginning.
    public init(decoding bytes: [UInt8]) throws {
        var reader = BinaryReader(try ModelArtefact(decoding: bytes).section(Self.section))
        origin = try reader.readText()
        trainedChanges = try reader.readVarint()
        let applied = try reader.readVarint()
        let changes = try reader.readVarint()
        try Self.check(trainedChanges <= changes && changes <= applied && applied <= 1 << 53, "the tallies")
        offsets = [:]
        for _ in 0..<(try reader.readCount(ofAtLeast: 2)) {
            offsets[try reader.readVarint(as: Int32.self)] = try reader.readVarint(as: Int64.self)
        }
        let itemIDs = try (0..<reader.readCount(ofAtLeast: 1)).map { _ in try reader.readText() }
        try Self.check(Set(itemIDs).count == itemIDs.count && itemIDs.count <= ActivityMatrix.mostItems, "the items")
        let lanes = try Self.lanes(&reader)
        var clicks = ClickCounts()
        for _ in 0..<(try reader.readCount(ofAtLeast: 3)) {
            let version = try reader.readVarint()
            let tally = ClickCounts.Tally(shown: try reader.readVarint(), clicked: try reader.readVarint())
            try Self.check(max(tally.shown, tally.clicked) <= 1 << 53, "a tally")
            clicks.tallies[version] = tally
        }
        var rows: [(key: UserKey, row: ActivityMatrix.Row)] = []
        for _ in 0..<(try reader.readCount(ofAtLeast: 5)) {
            rows.append(try Self.row(&reader, itemCount: itemIDs.count, laneCount: lanes.lanes.count))
        }
        try Self.check(Set(rows.map(\.key)).count == rows.count, "the users")
        matrix = ActivityMatrix(
            restoring: rows,
            itemIDs: itemIDs,
            lanes: lanes,
            clicks: clicks,
            applied: applied,
            changes: changes
        )
    }

    private static func lanes(_ reader: inout BinaryReader) throws -> FenceLanes {
        var lanes: [FenceLanes.Lane] = []
        for _ in 0..<(try reader.readCount(ofAtLeast: 3)) {
            let code = try reader.readByte()
            try check(SignalTopic(rawValue: code) != nil, "a topic")
            lanes.append(
                FenceLanes.Lane(
                    topic: SignalTopic(rawValue: code) ?? .views,
                    generation: try reader.readVarint(as: UInt32.self),
                    partition: try reader.readVarint(as: Int32.self)
                )
            )
        }
        try check(Set(lanes).count == lanes.count, "the lanes")
        return FenceLanes(lanes)
    }

    private static func row(
        _ reader: inout BinaryReader,
        itemCount: Int,
        laneCount: Int
    ) throws -> (key: UserKey, row: ActivityMatrix.Row) {
        let key = UserKey(rawValue: try reader.readText())
        var row = ActivityMatrix.Row()
        row.newest = try reader.readZigzag()
        try check(row.newest == .min || Timestamp(milliseconds: row.newest).isWritable, "a time")
        let words = try (0..<reader.readCount(ofAtLeast: 1)).map { _ in try reader.readVarint() }
        try check(words.allSatisfy { (0..<laneCount).contains(CompactFence.lane(of: $0)) }, "a fence")
        row.fence = CompactFence(words: words)
        for _ in 0..<(try reader.readCount(ofAtLeast: 6)) {
            let entry = ActivityMatrix.Entry(
                key: try reader.readVarint(as: UInt32.self),
                sum: Float(bitPattern: try reader.readFixed(UInt32.self)),
                time: try reader.readZigzag()
            )
            try check(
                entry.item < itemCount && (entry.kind != nil || entry.key & 7 == ActivityMatrix.Entry.against)
                    && entry.sum.isFinite && entry.sum >= 0 && Timestamp(milliseconds: entry.time).isWritable
                    && row.entries.last.map { $0.key < entry.key } ?? true,
                "an entry"
            )
            row.entries.append(entry)
        }
        for _ in 0..<(try reader.readCount(ofAtLeast: 3)) {
            let visit = ActivityMatrix.Visit(
                item: try reader.readVarint(as: UInt32.self),
                time: try reader.readVarint(as: UInt32.self),
                session: try reader.readVarint(as: UInt32.self)
            )
            try check(visit.item < itemCount && visit.time >= row.visits.last?.time ?? 0, "a visit")
            row.visits.append(visit)
        }
        return (key, row)
    }

    private static func check(_ isValid: Bool, _ part: String) throws {
        guard isValid else { throw RecommenderError(.damagedArtefact, "\(part): out of range") }
    }
}
