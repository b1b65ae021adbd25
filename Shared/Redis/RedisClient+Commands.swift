extension RedisClient {
    /// Returns the value of `key`, or `nil` when there is none.
    public func get(_ key: String) async throws(RedisError) -> [UInt8]? {
        try await command(RedisCommand("GET", key: key)).bytes
    }

    /// Returns the values of `keys`, each `nil` when there is none.
    public func mget(_ keys: [String]) async throws(RedisError) -> [[UInt8]?] {
        // One command per key, which a cluster can split by node.
        var pipeline = RedisPipeline()
        for key in keys { pipeline.append("GET", key: key) }
        var values: [[UInt8]?] = []
        for reply in try await execute(pipeline) { values.append(try reply.get().bytes) }
        return values
    }

    /// Sets the value of `key`, which expires after `expiry` when that is given.
    public func set(_ key: String, _ value: [UInt8], expiry: Duration? = nil) async throws(RedisError) {
        if let expiry {
            let milliseconds = Int(expiry.nanoseconds / 1_000_000)
            _ = try await command(RedisCommand("SET", key: key, value, "PX", milliseconds))
        } else {
            _ = try await command(RedisCommand("SET", key: key, value))
        }
    }

    /// Deletes `keys` and returns how many there were.
    @discardableResult
    public func delete(_ keys: String...) async throws(RedisError) -> Int {
        var pipeline = RedisPipeline()
        for key in keys { pipeline.append("DEL", key: key) }
        var count = 0
        for reply in try await execute(pipeline) { count += Int(try reply.get().integer ?? 0) }
        return count
    }

    /// Returns when the server has answered.
    public func ping() async throws(RedisError) {
        _ = try await command(RedisCommand("PING"))
    }

    /// Returns the fields of the hash at `key`; empty when there is none.
    public func hgetall(_ key: String) async throws(RedisError) -> [String: [UInt8]] {
        guard let list = try await command(RedisCommand("HGETALL", key: key)).array, list.count.isMultiple(of: 2) else {
            throw Self.unexpectedReply("HGETALL")
        }
        var fields: [String: [UInt8]] = [:]
        for index in stride(from: 0, to: list.count, by: 2) {
            guard let name = list[index].string, let value = list[index + 1].bytes else {
                throw Self.unexpectedReply("HGETALL")
            }
            fields[name] = value
        }
        return fields
    }

    /// Returns the fields of a section of `INFO`, for example `memory`, of the server or of one master of the cluster.
    public func info(_ section: String) async throws(RedisError) -> [String: String] {
        RedisInfo.fields(try await command(RedisCommand("INFO", section)).string ?? "")
    }

    static func unexpectedReply(_ name: String) -> RedisError {
        RedisError(code: .invalidReply, message: "the reply to \(name) has an unexpected shape")
    }
}
