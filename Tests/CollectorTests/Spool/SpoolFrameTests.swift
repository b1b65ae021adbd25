import Events
import Kafka
import SeededRandom
import Testing

@testable import Collector

@Suite struct SpoolFrameTests {
    private static func records(_ count: Int, seed: UInt64) -> [SpoolRecord] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { _ in .random(using: &random) }
    }

    private static func segment(_ records: [SpoolRecord]) -> [UInt8] {
        SpoolFrame.magic + records.flatMap(SpoolFrame.encode)
    }

    @Test func `what is written is read back`() {
        let records = Self.records(200, seed: 1)
        let bytes = Self.segment(records)
        for isLast in [true, false] {
            let scan = SpoolScan(bytes, isLast: isLast)
            #expect(scan.entries.map(\.record) == records)
            #expect(scan.end == bytes.count)
            #expect(scan.damaged == 0)
        }
    }

    @Test func `a segment cut off anywhere gives its whole records and says where they end`() {
        let records = Self.records(8, seed: 2)
        let bytes = Self.segment(records)
        var ends = [SpoolFrame.magic.count]
        for record in records { ends.append((ends.last ?? 0) + SpoolFrame.encode(record).count) }
        for length in 0..<bytes.count {
            let scan = SpoolScan(Array(bytes[..<length]), isLast: true)
            let whole = ends.lastIndex { $0 <= length } ?? 0
            #expect(scan.entries.map(\.record) == Array(records[..<whole]))
            #expect(scan.end == (length < SpoolFrame.magic.count ? 0 : ends[whole]))
            #expect(scan.damaged == 0)
        }
    }

    @Test func `a flipped bit is never taken for a record, and hides only the record it is in`() {
        let records = Self.records(6, seed: 3)
        let bytes = Self.segment(records)
        for bit in SpoolFrame.magic.count * 8..<bytes.count * 8 {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            let older = SpoolScan(damaged, isLast: false)
            #expect(older.damaged > 0)
            #expect(Self.isSubsequence(older.entries.map(\.record), of: records))
            let last = SpoolScan(damaged, isLast: true)
            #expect(Array(records.prefix(last.entries.count)) == last.entries.map(\.record))
            #expect(last.entries.count < records.count)
        }
    }

    @Test func `random bytes are never records`() {
        var random = SeededGenerator(seed: 4)
        for length in 0..<600 {
            let bytes = SpoolFrame.magic + (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(SpoolScan(bytes, isLast: false).entries.isEmpty)
        }
    }

    private static func isSubsequence(_ found: [SpoolRecord], of all: [SpoolRecord]) -> Bool {
        var rest = found[...]
        for record in all where record == rest.first { rest = rest.dropFirst() }
        return rest.isEmpty
    }
}

extension SpoolRecord {
    fileprivate static func random(using random: inout SeededGenerator) -> SpoolRecord {
        func bytes(_ limit: Int) -> [UInt8]? {
            guard Int.random(in: 0..<8, using: &random) > 0 else { return nil }
            return (0..<Int.random(in: 0...limit, using: &random)).map { _ in .random(in: 0...255, using: &random) }
        }
        return SpoolRecord(
            storedAt: Timestamp(milliseconds: .random(in: -5...2_000_000_000_000, using: &random)),
            message: KafkaOutgoingMessage(
                topic: "events.\(Int.random(in: 0...9, using: &random))",
                key: bytes(12),
                value: bytes(60),
                headers: (0..<Int.random(in: 0...4, using: &random)).map {
                    KafkaHeader("h\($0)", value: bytes(9) ?? [])
                }
            )
        )
    }
}
