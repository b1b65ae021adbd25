/// The hash slot of a key, as Redis Cluster defines it.
///
/// It is CRC16 (XMODEM) of the hash tag modulo 16,384. The tag is what stands between the first `{` and the first
/// `}` after it, or the whole key when there is none or it is empty. Keys of one tag live on one node.
public enum RedisSlot {
    /// The number of slots.
    public static let count = 16_384

    /// The slot of `key`.
    public static func of(_ key: String) -> Int {
        var key = key
        return key.withUTF8 { of(bytes: $0) }
    }

    private static func of(bytes key: UnsafeBufferPointer<UInt8>) -> Int {
        guard let open = key.firstIndex(of: UInt8(ascii: "{")),
            let close = key[(open + 1)...].firstIndex(of: UInt8(ascii: "}")), close > open + 1
        else { return Int(crc16(key[...])) % count }
        return Int(crc16(key[(open + 1)..<close])) % count
    }

    private static func crc16(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> UInt16 {
        bytes.reduce(0) { crc, byte in crc << 8 ^ table[Int(UInt8(crc >> 8) ^ byte)] }
    }

    private static let table: [UInt16] = (0..<256).map { index in
        (0..<8).reduce(UInt16(index) << 8) { crc, _ in crc & 0x8000 == 0 ? crc << 1 : crc << 1 ^ 0x1021 }
    }
}
