extension RedisClient {
    /// Returns what in the settings of any master may lose or evict data, one sentence each; empty when all is well.
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
        pipeline.append("CONFIG", key: nil, "GET", "cluster-node-timeout")
        var warnings: [String] = []
        for replies in try await executeOnEachMaster(pipeline) {
            warnings += Self.warnings(settings, replies) + Self.clusterWarnings(replies.last, state.isCluster == true)
        }
        return Set(warnings).sorted()
    }

    private static func warnings(
        _ settings: [(name: String, wanted: Set<String>, warning: String)],
        _ replies: [RedisValue]
    ) -> [String] {
        if let error = replies.lazy.compactMap(\.error).first {
            return ["durability is unknown, CONFIG GET failed: \(error.message)"]
        }
        return zip(settings, replies).compactMap { setting, reply in
            guard let value = reply.array?.last?.string else { return "durability is unknown: no \(setting.name)" }
            return setting.wanted.contains(value) ? nil : setting.warning
        }
    }

    /// What a master that is cut off still accepts until it notices is lost; consumers go back ten seconds.
    private static func clusterWarnings(_ reply: RedisValue?, _ isCluster: Bool) -> [String] {
        guard isCluster, let value = reply?.array?.last?.integer, value > 5_000 else { return [] }
        return [
            "cluster-node-timeout is \(value) ms: a failover may lose more than consumers read again; set 5000 or less"
        ]
    }
}
