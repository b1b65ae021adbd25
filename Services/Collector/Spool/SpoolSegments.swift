import Events
import Kafka
import ServiceSupport

/// The spool's segments on disk and where each record lies in them; every call blocks, one thread uses it.
struct SpoolSegments: Sendable {
    typealias EntryID = UInt64

    private struct Segment: Sendable {
        let number: UInt64
        let file: SpoolFile
        /// The id of the first offset; ids ascend, and one that was never written has the offset 0.
        let firstID: EntryID
        var offsets: [UInt32] = []
        /// Records that have not been released.
        var live = 0
        /// Bytes that are whole and on the disk.
        var length: Int
        var storedSince: Timestamp?
        var isSealed: Bool
        var isKept = false
    }

    /// What was found at the start.
    struct Recovery: Sendable {
        /// Bytes that were cut off the end of the last segment.
        var tornBytes = 0
        /// Damaged places in segments, whose files are kept aside.
        var damaged = 0
    }

    private let folder: SpoolFolder
    private let segmentBytes: Int
    private let maximumBytes: Int
    private var segments: [Segment] = []
    private var nextNumber: UInt64 = 1
    /// The id that the next record has at least.
    private(set) var nextID: EntryID = 0

    /// A gap of ids that were never written is remembered up to here; beyond it a new segment begins.
    private static let widestGap: EntryID = 4_096

    init(folder: SpoolFolder, maximumBytes: Int) {
        self.folder = folder
        self.maximumBytes = maximumBytes
        // A stuck record keeps its segment, so there are many; each costs an open file.
        segmentBytes = min(8 << 20, max(64 << 10, maximumBytes / 16))
    }

    /// The bytes on disk, released records of segments that are still needed among them.
    var bytes: Int { segments.reduce(0) { $0 + $1.length } }
    /// The records that have not been released.
    var records: Int { segments.reduce(0) { $0 + $1.live } }
    /// Since when the oldest needed segment has been collecting.
    var storedSince: Timestamp? { segments.lazy.compactMap(\.storedSince).first }

    // MARK: Start

    /// Reads what lies there and tells of each record, oldest first.
    mutating func recover(
        _ found: (EntryID, KafkaOutgoingMessage) -> Void
    ) throws(SpoolError) -> Recovery {
        var recovery = Recovery()
        let numbers = try folder.segments()
        for number in numbers {
            let file = try folder.open(number)
            let bytes = try file.read(try file.length(), at: 0)
            let isLast = number == numbers.last
            let scan = SpoolScan(bytes, isLast: isLast)
            recovery.damaged += scan.damaged
            if scan.damaged > 0 {
                // Under a second name the last one would be cut as well.
                if isLast { try folder.keep(number, copying: bytes) } else { folder.keep(number) }
            }
            if isLast, scan.end < bytes.count {
                recovery.tornBytes = bytes.count - scan.end
                try file.truncate(to: scan.end)
                try file.sync()
            }
            nextNumber = number + 1
            guard !scan.entries.isEmpty else {
                folder.remove(number)
                continue
            }
            var segment = Segment(number: number, file: file, firstID: nextID, length: bytes.count, isSealed: true)
            if isLast { segment.length = scan.end }
            segment.isKept = scan.damaged > 0
            segment.storedSince = scan.entries.first?.record.storedAt
            segment.offsets = scan.entries.map { UInt32($0.offset) }
            segment.live = scan.entries.count
            for entry in scan.entries {
                found(nextID, entry.record.message)
                nextID += 1
            }
            segments.append(segment)
        }
        return recovery
    }

    /// Lets another process have the folder.
    func unlock() {
        folder.unlock()
    }

    // MARK: Append

    /// Writes groups of records and syncs once; each group is stored as a whole or not at all.
    ///
    /// What fails leaves nothing behind.
    mutating func append(_ groups: [[(id: EntryID, frame: [UInt8])]]) -> [Result<Void, SpoolError>] {
        var results: [Result<Void, SpoolError>] = []
        var written: [(group: Int, segment: Int, offsets: [UInt32], end: Int)] = []
        var ends: [Int: Int] = [:]
        for (place, group) in groups.enumerated() {
            do throws(SpoolError) {
                let size = group.reduce(0) { $0 + $1.frame.count }
                let pending = ends.reduce(0) { $0 + $1.value - segments[$1.key].length }
                guard bytes + pending + size <= maximumBytes else { throw .full }
                let index = try active(for: group.first?.id ?? nextID, ends: ends)
                let start = ends[index] ?? segments[index].length
                var (offsets, end) = ([UInt32](), start)
                for entry in group {
                    offsets.append(UInt32(end))
                    end += entry.frame.count
                }
                do {
                    try segments[index].file.write(group.flatMap(\.frame), at: start)
                } catch {
                    cut(index, to: start)
                    throw error
                }
                ends[index] = end
                written.append((place, index, offsets, end))
                results.append(.success(()))
            } catch {
                results.append(.failure(error))
            }
        }
        for index in ends.keys.sorted() {
            do throws(SpoolError) {
                try segments[index].file.sync()
            } catch {
                // What the kernel still holds of it is unknown: this segment takes nothing any more.
                for item in written where item.segment == index { results[item.group] = .failure(error) }
                cut(index, to: segments[index].length)
                segments[index].isSealed = true
            }
        }
        for item in written {
            guard case .success = results[item.group] else { continue }
            note(groups[item.group].map(\.id), at: item.offsets, in: item.segment)
            segments[item.segment].length = item.end
        }
        return results
    }

    /// The index of the segment that takes the next record.
    private mutating func active(for id: EntryID, ends: [Int: Int]) throws(SpoolError) -> Int {
        if let last = segments.indices.last, !segments[last].isSealed {
            let length = ends[last] ?? segments[last].length
            let nextID = segments[last].firstID + EntryID(segments[last].offsets.count)
            let isNear = ends[last] != nil || id < nextID + Self.widestGap
            if length < segmentBytes, isNear { return last }
            segments[last].isSealed = true
        }
        let file = try folder.create(nextNumber)
        var segment = Segment(number: nextNumber, file: file, firstID: id, length: 0, isSealed: false)
        nextNumber += 1
        do {
            try file.write(SpoolFrame.magic, at: 0)
        } catch {
            folder.remove(segment.number)
            throw error
        }
        segment.length = SpoolFrame.magic.count
        segments.append(segment)
        return segments.count - 1
    }

    /// Takes back what was not stored; if even that fails the segment is closed, and a start reads up to the bad place.
    private mutating func cut(_ index: Int, to length: Int) {
        do {
            try segments[index].file.truncate(to: length)
        } catch {
            segments[index].isSealed = true
        }
    }

    private mutating func note(_ ids: [EntryID], at offsets: [UInt32], in index: Int) {
        if segments[index].storedSince == nil { segments[index].storedSince = .now }
        for (id, offset) in zip(ids, offsets) {
            while segments[index].firstID + EntryID(segments[index].offsets.count) < id {
                segments[index].offsets.append(0)
            }
            segments[index].offsets.append(offset)
            segments[index].live += 1
            nextID = id + 1
        }
    }

    // MARK: Read and release

    /// The record with this id; `nil` if it cannot be read back.
    func read(_ id: EntryID) -> SpoolRecord? {
        guard let index = index(of: id) else { return nil }
        let segment = segments[index]
        let offset = Int(segment.offsets[Int(id - segment.firstID)])
        guard offset > 0, var bytes = try? segment.file.read(1_024, at: offset),
            let length = SpoolFrame.length(of: bytes)
        else { return nil }
        if length > bytes.count {
            guard let whole = try? segment.file.read(length, at: offset) else { return nil }
            bytes = whole
        }
        guard case .record(let record, _) = SpoolFrame.read(bytes, at: 0) else { return nil }
        return record
    }

    /// Kafka has the record: a segment whose records have all gone is deleted.
    mutating func release(_ id: EntryID) {
        guard let index = index(of: id), segments[index].live > 0 else { return }
        segments[index].live -= 1
        guard segments[index].live == 0 else { return }
        folder.remove(segments[index].number)
        segments.remove(at: index)
    }

    /// Keeps the record's segment for people to look at, whatever becomes of the others in it.
    mutating func keepAside(_ id: EntryID) {
        guard let index = index(of: id), !segments[index].isKept else { return }
        folder.keep(segments[index].number)
        segments[index].isKept = true
    }

    private func index(of id: EntryID) -> Int? {
        var low = 0
        var high = segments.count
        while low < high {
            let middle = (low + high) / 2
            if segments[middle].firstID <= id { low = middle + 1 } else { high = middle }
        }
        guard low > 0, id - segments[low - 1].firstID < EntryID(segments[low - 1].offsets.count) else { return nil }
        return low - 1
    }
}
