import Redis

extension RedisClient {
    /// What travels at once of a large value: less than a millisecond of Redis' time.
    private static let piece = 256 << 10

    /// Writes a value piece by piece, so that Redis serves others in between; it goes away by itself after `seconds`.
    ///
    /// Whoever makes it known checks its length: a Redis that forgets in between leaves the end without its beginning.
    func setInPieces(_ bytes: [UInt8], key: String, seconds: Int) async throws(StoreError) {
        var start = 0
        repeat {
            let end = min(bytes.count, start + Self.piece)
            var pipeline = RedisPipeline()
            if start == 0 {
                pipeline.append("SET", key: key, Array(bytes[..<end]), "EX", seconds)
            } else {
                pipeline.append("APPEND", key: key, Array(bytes[start..<end]))
                pipeline.append("EXPIRE", key: key, seconds)
            }
            _ = try await checkedReplies(to: pipeline)
            start = end
        } while start < bytes.count
    }

    /// Reads a value that nobody changes, piece by piece; `nil` when it is not there, or goes away meanwhile.
    func valueInPieces(key: String) async throws(StoreError) -> [UInt8]? {
        var look = RedisPipeline()
        look.append("STRLEN", key: key)
        guard case .integer(let length) = try await checkedReplies(to: look)[0], length > 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(length))
        while bytes.count < length {
            var pipeline = RedisPipeline()
            pipeline.append("GETRANGE", key: key, bytes.count, bytes.count + Self.piece - 1)
            guard let piece = try await checkedReplies(to: pipeline)[0].bytes, !piece.isEmpty else { return nil }
            bytes += piece
        }
        return bytes
    }
}
