import CZlib
import Events
import Kafka

/// The file format of the spool: a segment is eight bytes of magic and then frames.
///
/// A frame is the CRC-32 of all that follows in it (4 bytes), the payload's length (4 bytes, both lowest byte first) and
/// the payload, one encoded ``SpoolRecord``. Pure: bytes in, bytes out.
enum SpoolFrame {
    /// What stands at a place of a segment.
    enum Found: Hashable, Sendable {
        case record(SpoolRecord, next: Int)
        /// Nothing more: the place is the end.
        case end
        /// Cut off or damaged; `next` is where the following frame would begin if the length can be believed.
        case damaged(next: Int?)
    }

    /// What every segment begins with.
    static let magic = Array("FRSHSPL1".utf8)
    /// The bytes in front of a payload.
    static let headerLength = 8
    /// No payload is longer: events have at most 32 KiB.
    static let maximumPayload = 1 << 20

    /// The frame of `record`.
    static func encode(_ record: SpoolRecord) -> [UInt8] {
        let message = record.message
        var writer = BinaryWriter(reservingCapacity: 256 + (message.value?.count ?? 0))
        writer.write(fixed: UInt64(0))
        record.encode(to: &writer)
        var frame = writer.bytes
        put(UInt32(truncatingIfNeeded: frame.count - headerLength), at: 4, of: &frame)
        put(checksum(frame, 4..<frame.count), at: 0, of: &frame)
        return frame
    }

    /// Reads the frame at `offset`.
    static func read(_ bytes: [UInt8], at offset: Int) -> Found {
        let left = bytes.count - offset
        guard left > 0 else { return .end }
        guard left >= headerLength else { return .damaged(next: nil) }
        let length = Int(number(bytes, at: offset + 4))
        guard (1...maximumPayload).contains(length), left >= headerLength + length else { return .damaged(next: nil) }
        let next = offset + headerLength + length
        guard checksum(bytes, offset + 4..<next) == number(bytes, at: offset),
            let record = try? SpoolRecord(decoding: Array(bytes[offset + headerLength..<next]))
        else { return .damaged(next: next) }
        return .record(record, next: next)
    }

    /// The length of the frame whose first bytes these are, if it can be one.
    static func length(of header: [UInt8]) -> Int? {
        guard header.count >= headerLength else { return nil }
        let length = Int(number(header, at: 4))
        return (1...maximumPayload).contains(length) ? headerLength + length : nil
    }

    private static func checksum(_ bytes: [UInt8], _ range: Range<Int>) -> UInt32 {
        bytes.withUnsafeBufferPointer { buffer in
            let part = UnsafeBufferPointer(rebasing: buffer[range])
            return UInt32(truncatingIfNeeded: crc32(0, part.baseAddress, UInt32(part.count)))
        }
    }

    private static func number(_ bytes: [UInt8], at offset: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
    }

    private static func put(_ value: UInt32, at offset: Int, of bytes: inout [UInt8]) {
        for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * index)) }
    }
}
