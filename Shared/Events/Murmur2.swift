/// The hash that Java's Kafka clients partition by, so that every client puts a user on the same partition.
public enum Murmur2 {
    /// The 32-bit murmur2 of `bytes` with Kafka's seed.
    @inlinable
    public static func hash(_ bytes: some Collection<UInt8>) -> UInt32 {
        let multiplier: UInt32 = 0x5bd1_e995
        var hash: UInt32 = 0x9747_b28c ^ UInt32(truncatingIfNeeded: bytes.count)
        var word: UInt32 = 0
        var shift: UInt32 = 0
        for byte in bytes {
            word |= UInt32(byte) << shift
            shift += 8
            guard shift == 32 else { continue }
            word = word &* multiplier
            word ^= word >> 24
            hash = (hash &* multiplier) ^ (word &* multiplier)
            word = 0
            shift = 0
        }
        if shift > 0 { hash = (hash ^ word) &* multiplier }
        hash = (hash ^ (hash >> 13)) &* multiplier
        return hash ^ (hash >> 15)
    }

    /// The partition of a record with this key in a topic of `count` partitions.
    @inlinable
    public static func partition(forKey key: some Collection<UInt8>, count: Int32) -> Int32 {
        precondition(count > 0, "a topic has partitions")
        return Int32(hash(key) & 0x7fff_ffff) % count
    }
}
