/// CRC-32 as in zlib and PNG: finds every burst of damage up to 32 bits and nearly all else.
enum Checksum {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }

    static func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
        table.withUnsafeBufferPointer { table in
            ~bytes.reduce(UInt32.max) { table[Int(truncatingIfNeeded: ($0 ^ UInt32($1)) & 0xFF)] ^ ($0 >> 8) }
        }
    }
}
