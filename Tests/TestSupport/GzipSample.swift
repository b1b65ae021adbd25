import CZlib

/// Makes gzip.
public enum GzipSample {
    /// `bytes` as one gzip member.
    public static func compress(_ bytes: [UInt8]) -> [UInt8] {
        var deflated = [UInt8](repeating: 0, count: bytes.count + 1_000)
        var length = UInt(deflated.count)
        // A zlib stream is two bytes, the deflated data, and a checksum of four.
        let status = compress2(&deflated, &length, bytes, UInt(bytes.count), 9)
        precondition(status == Z_OK, "the sample compresses")
        let checksum = crc32(0, bytes, UInt32(bytes.count))
        var member: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
        member += deflated[2..<Int(length) - 4]
        for value in [UInt32(truncatingIfNeeded: checksum), UInt32(bytes.count)] {
            for shift: UInt32 in [0, 8, 16, 24] { member.append(UInt8(truncatingIfNeeded: value >> shift)) }
        }
        return member
    }
}
