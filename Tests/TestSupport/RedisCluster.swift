public import Redis

/// A real Redis Cluster on the loopback interface: three masters, each with a replica.
public final class RedisCluster: Sendable {
    /// The servers; the first three begin as masters of a third of the slots each, the others as their replicas.
    public let servers: [RedisServer]

    /// How long a node may be silent before it counts as failed.
    private static let nodeTimeoutMilliseconds = 1_000

    /// Starts a cluster and returns when every node holds it for sound.
    public static func start() async throws -> RedisCluster {
        var servers: [RedisServer] = []
        do {
            for _ in 0..<6 {
                servers.append(
                    try await RedisServer.start(arguments: [
                        "--cluster-enabled", "yes", "--cluster-port", "\(try LoopbackPort.free())",
                        "--cluster-node-timeout", "\(nodeTimeoutMilliseconds)", "--repl-diskless-sync-delay", "0",
                        "--repl-ping-replica-period", "1",
                    ])
                )
            }
            let cluster = RedisCluster(servers: servers)
            try await cluster.form()
            return cluster
        } catch {
            for server in servers { server.remove() }
            throw error
        }
    }

    private init(servers: [RedisServer]) {
        self.servers = servers
    }

    /// Where clients connect: all nodes as seeds.
    public var url: RedisURL {
        get throws { try RedisURL("redis://" + servers.map { "127.0.0.1:\($0.port)" }.joined(separator: ",")) }
    }

    /// The server that serves `slot` now.
    public func master(of slot: Int) throws -> RedisServer {
        for server in servers {
            guard let info = try? server.ask("INFO", "replication"), info.contains("role:master") else { continue }
            let lines = try server.ask("CLUSTER", "NODES").first { $0.contains("myself") }
            for range in (lines?.split(separator: " ").dropFirst(8) ?? []) where !range.hasPrefix("[") {
                let ends = range.split(separator: "-").compactMap { Int($0) }
                if let first = ends.first, let last = ends.last, first <= slot, slot <= last { return server }
            }
        }
        throw RedisServerError(description: "nobody serves slot \(slot)")
    }

    /// The replica of `master`.
    public func replica(of master: RedisServer) throws -> RedisServer {
        let replica = servers.first { server in
            (try? server.ask("INFO", "replication"))?.contains("master_port:\(master.port)") == true
        }
        guard let replica else { throw RedisServerError(description: "the master has no replica") }
        return replica
    }

    /// Moves `slot` and its keys to `target` as `redis-cli --cluster reshard` does; `between` runs half way.
    public func move(_ slot: Int, to target: RedisServer, between: () async throws -> Void = {}) async throws {
        let source = try master(of: slot)
        let (sourceID, targetID) = (try Self.id(source), try Self.id(target))
        try target.ask("CLUSTER", "SETSLOT", "\(slot)", "IMPORTING", sourceID)
        try source.ask("CLUSTER", "SETSLOT", "\(slot)", "MIGRATING", targetID)
        let keys = try source.ask("CLUSTER", "GETKEYSINSLOT", "\(slot)", "100000")
        for (index, key) in keys.enumerated() {
            if index == keys.count / 2 { try await between() }
            try source.ask("MIGRATE", "127.0.0.1", "\(target.port)", key, "0", "5000")
        }
        // Keys may have been created meanwhile.
        while let key = try source.ask("CLUSTER", "GETKEYSINSLOT", "\(slot)", "1").first {
            try source.ask("MIGRATE", "127.0.0.1", "\(target.port)", key, "0", "5000")
        }
        try target.ask("CLUSTER", "SETSLOT", "\(slot)", "NODE", targetID)
        try source.ask("CLUSTER", "SETSLOT", "\(slot)", "NODE", targetID)
    }

    /// Waits until every node that runs holds the cluster for sound and every master has a replica in step.
    public func settle() async throws {
        try await untilTrue(within: .seconds(30)) {
            try servers.allSatisfy { server in
                guard try server.ask("CLUSTER", "INFO").contains("cluster_state:ok") else { return false }
                let replication = try server.ask("INFO", "replication")
                if replication.contains("role:slave") { return replication.contains("master_link_status:up") }
                return replication.contains { $0.hasPrefix("slave0:") && $0.contains("state=online") }
            }
        }
    }

    /// Kills all nodes and removes what they have stored.
    public func remove() {
        for server in servers { server.remove() }
    }

    private func form() async throws {
        let busPorts = try servers.map { try $0.ask("CONFIG", "GET", "cluster-port")[1] }
        for (index, server) in servers.enumerated() {
            try server.ask("CLUSTER", "SET-CONFIG-EPOCH", "\(index + 1)")
            try servers[0].ask("CLUSTER", "MEET", "127.0.0.1", "\(server.port)", busPorts[index])
        }
        for (index, range) in [(0, 5_460), (5_461, 10_922), (10_923, 16_383)].enumerated() {
            try servers[index].ask("CLUSTER", "ADDSLOTSRANGE", "\(range.0)", "\(range.1)")
        }
        let ids = try servers.prefix(3).map(Self.id)
        for (index, server) in servers.dropFirst(3).enumerated() {
            _ = try await retrying(within: .seconds(20)) { try server.ask("CLUSTER", "REPLICATE", ids[index]) }
        }
        try await settle()
        // Replicas are listed once they have sent their offset.
        try await untilTrue(within: .seconds(20)) {
            try servers.allSatisfy { server in
                let slots = try server.ask("CLUSTER", "SLOTS")
                return servers.allSatisfy { slots.contains("\($0.port)") }
            }
        }
    }

    private static func id(_ server: RedisServer) throws -> String { try server.ask("CLUSTER", "MYID")[0] }
}
