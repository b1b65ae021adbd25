import Redis
import TestSupport
import Testing

@Suite("RedisClient with replicas and Sentinels", .timeLimit(.minutes(2)))
struct RedisSentinelTests {
    @Test func `a failover by the Sentinel is followed, also where the old master is a replica now`() async throws {
        try await withPrivateRedis { master in
            try await withPrivateRedis(
                arguments: ["--replicaof", "127.0.0.1", "\(master.port)", "--repl-diskless-sync-delay", "0"]
            ) { replica in
                try await withSentinel(of: master) { sentinel in
                    let url = try RedisURL("redis+sentinel://127.0.0.1:1,127.0.0.1:\(sentinel.port)/main")
                    let client = RedisClient(url: url, options: options)
                    try await client.set("key", [1])
                    let first = try await client.identity()
                    #expect(try master.ask("GET", "key") == ["\u{1}"])
                    try await untilTrue(within: .seconds(20)) {
                        let known = try sentinel.ask("SENTINEL", "replicas", "main").contains("\(replica.port)")
                        let copied = try master.ask("WAIT", "1", "100") == ["1"]
                        return known && copied
                    }
                    _ = try await retrying(within: .seconds(20)) { try sentinel.ask("SENTINEL", "failover", "main") }
                    try await untilTrue(within: .seconds(20)) {
                        let isPromoted = try replica.ask("INFO", "replication").contains("role:master")
                        let isDemoted = try master.ask("INFO", "replication").contains("role:slave")
                        return isPromoted && isDemoted
                    }
                    let value = try await retrying(within: .seconds(10)) { try await client.get("key") }
                    #expect(value == [1])
                    _ = try await retrying(within: .seconds(10)) { try await client.set("key", [2]) }
                    #expect(try replica.ask("GET", "key") == ["\u{2}"])
                    #expect(client.state.identityEpoch > 0)
                    let next = try await retrying(within: .seconds(10)) { try await client.identity() }
                    #expect(next != first)
                    await client.close()
                }
            }
        }
    }

    @Test func `a replica is refused, and a master that becomes one is left`() async throws {
        try await withPrivateRedis { master in
            try await withPrivateRedis(arguments: ["--replicaof", "127.0.0.1", "\(master.port)"]) { replica in
                let misled = RedisClient(url: try replica.url, options: options)
                let error = await #expect(throws: RedisError.self) { try await misled.ping() }
                #expect(error?.message.contains("is a replica") == true)
                // Promoted behind the same address.
                try replica.ask("REPLICAOF", "NO", "ONE")
                try await retrying { try await misled.set("key", [1]) }
                let first = try await misled.identity()
                try replica.ask("REPLICAOF", "127.0.0.1", "\(master.port)")
                await #expect(throws: RedisError.self) { try await misled.set("key", [2]) }
                await #expect(throws: RedisError.self) { try await misled.get("key") }
                try replica.ask("REPLICAOF", "NO", "ONE")
                _ = try await retrying { try await misled.get("key") }
                #expect(misled.state.identityEpoch > 0)
                #expect(try await retrying { try await misled.identity() } != first)
                await misled.close()
            }
        }
    }

    @Test func `several servers that are no cluster are refused`() async throws {
        try await withPrivateRedis { server in
            let port = server.port
            let client = RedisClient(
                url: try RedisURL("redis://127.0.0.1:\(port),127.0.0.1:\(port)"),
                options: options
            )
            let error = await #expect(throws: RedisError.self) { try await client.ping() }
            #expect(error?.message.contains("no Redis Cluster") == true)
            await client.close()
        }
    }

    private var options: RedisClient.Options {
        var options = RedisClient.Options(clientName: "test")
        options.commandTimeout = .seconds(1)
        options.minBackoff = .milliseconds(5)
        options.maxBackoff = .milliseconds(50)
        return options
    }

    private func withSentinel(of master: RedisServer, _ body: (RedisServer) async throws -> Void) async throws {
        let sentinel = try await RedisServer.start(sentinelOf: master, name: "main")
        defer { sentinel.remove() }
        try await body(sentinel)
    }
}
