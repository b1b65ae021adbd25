extension RedisClient {
    /// Returns what in the server's settings may lose or evict data, one sentence each; empty when all is well.
    public func checkDurability() async throws(RedisError) -> [String] {
        let settings: [(name: String, wanted: Set<String>, warning: String)] = [
            ("appendonly", ["yes"], "appendonly is off: a restart loses what was written since the last snapshot"),
            (
                "appendfsync", ["everysec", "always"],
                "appendfsync is neither everysec nor always: a crash of the machine may lose more than a second"
            ),
            (
                "maxmemory-policy", ["noeviction"],
                "maxmemory-policy is not noeviction: Redis may drop profiles and fences when memory runs out"
            ),
        ]
        var pipeline = RedisPipeline()
        for setting in settings { pipeline.append("CONFIG", key: nil, "GET", setting.name) }
        let replies = try await execute(pipeline)
        if let error = replies.lazy.compactMap(\.error).first {
            return ["durability is unknown, CONFIG GET failed: \(error.message)"]
        }
        return zip(settings, replies).compactMap { setting, reply in
            guard let value = reply.array?.last?.string else { return "durability is unknown: no \(setting.name)" }
            return setting.wanted.contains(value) ? nil : setting.warning
        }
    }
}
