import Events
import Recommenders

/// The matrix as bytes, with the offsets up to which it has read `activity`.
///
/// Carried by the same container as models: magic number, version, checksum; damaged bytes are refused.
struct MatrixSnapshot: Sendable, Equatable {
    /// Which cluster the offsets belong to.
    var origin: String
    /// The next offset of each partition of `activity`.
    var offsets: [Int32: Int64]
    var matrix: ActivityMatrix
    /// ``ActivityMatrix/changes`` that the latest published model has seen.
    var trainedChanges: UInt64

    private static let section = "activity-matrix"

    func encoded() -> [UInt8] {
        var writer = BinaryWriter()
        writer.write(text: origin)
        writer.write(varint: trainedChanges)
        writer.write(varint: matrix.applied)
        writer.write(varint: matrix.changes)
        writer.write(varint: UInt64(offsets.count))
        for (partition, offset) in offsets.sorted(by: { $0.key < $1.key }) {
            writer.write(varint: UInt64(partition))
            writer.write(varint: UInt64(offset))
        }
        writer.write(varint: UInt64(matrix.itemIDs.count))
        for id in matrix.itemIDs { writer.write(text: id) }
        writer.write(varint: UInt64(matrix.rows.count))
        for (user, row) in matrix.rows {
            writer.write(text: user.rawValue)
            row.fence.encode(into: &writer)
            writer.write(varint: UInt64(row.cells.count))
            for (item, cell) in row.cells {
                writer.write(varint: UInt64(item) << 1 | (cell.isNegative ? 1 : 0))
                writer.write(zigzag: cell.time)
                writer.write(double: cell.sum)
            }
        }
        return ModelArtefact(sections: [Self.section: writer.bytes]).encoded()
    }

    /// Throws for damaged bytes; the caller then reads `activity` from its beginning.
    init(decoding bytes: [UInt8], itemsPerUser: Int) throws {
        var reader = BinaryReader(try ModelArtefact(decoding: bytes).section(Self.section))
        origin = try reader.readText()
        trainedChanges = try reader.readVarint(as: UInt64.self)
        let applied = try reader.readVarint(as: UInt64.self)
        let changes = try reader.readVarint(as: UInt64.self)
        guard trainedChanges <= changes, changes <= applied, applied <= 1 << 53 else {
            throw RecommenderError(.damagedArtefact, "the tallies contradict each other")
        }
        offsets = [:]
        for _ in 0..<(try reader.readVarint(as: UInt32.self)) {
            offsets[try reader.readVarint(as: Int32.self)] = try reader.readVarint(as: Int64.self)
        }
        var itemIDs: [String] = []
        for _ in 0..<(try reader.readVarint(as: UInt32.self)) { itemIDs.append(try reader.readText()) }
        var rows: [UserKey: ActivityMatrix.Row] = [:]
        for _ in 0..<(try reader.readVarint(as: UInt32.self)) {
            let user = UserKey(rawValue: try reader.readText())
            var row = ActivityMatrix.Row(fence: try Fence(decoding: &reader))
            for _ in 0..<(try reader.readVarint(as: UInt32.self)) {
                let item = try reader.readVarint(as: UInt64.self)
                var cell = ActivityMatrix.Cell(time: try reader.readZigzag())
                cell.sum = try reader.readDouble()
                cell.isNegative = item & 1 == 1
                guard item >> 1 < UInt64(itemIDs.count), cell.sum.isFinite, cell.sum >= 0,
                    Timestamp(milliseconds: cell.time).isWritable
                else {
                    throw RecommenderError(.damagedArtefact, "a cell is out of range")
                }
                row.cells[Int32(truncatingIfNeeded: item >> 1)] = cell
            }
            rows[user] = row
        }
        matrix = ActivityMatrix(
            restoring: rows,
            itemIDs: itemIDs,
            applied: applied,
            changes: changes,
            itemsPerUser: itemsPerUser
        )
    }

    init(origin: String, offsets: [Int32: Int64], matrix: ActivityMatrix, trainedChanges: UInt64) {
        self.origin = origin
        self.offsets = offsets
        self.matrix = matrix
        self.trainedChanges = trainedChanges
    }
}
