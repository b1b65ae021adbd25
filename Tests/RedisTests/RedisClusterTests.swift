import Redis
import TestSupport
import Testing

/// One cluster for all of it: starting one takes seconds, and the later parts build on what the earlier ones left.
@Suite("RedisClient against a real cluster", .timeLimit(.minutes(3)))
struct RedisClusterTests {
    @Test func `a cluster is served as one server is, through moved slots and failovers`() async throws {
        let cluster = try await RedisCluster.start()
        defer { cluster.remove() }
        try await commandsReachTheirNodes(cluster)
        try await slotsMoveUnderLoad(cluster)
        try await aPlannedFailoverLosesNothing(cluster)
        try await aKilledMasterIsReplaced(cluster)
    }

    private func commandsReachTheirNodes(_ cluster: RedisCluster) async throws {
        // Any one node tells about the others, also a replica.
        let seed = try RedisURL("redis://127.0.0.1:\(cluster.servers[4].port)")
        try await withClient(seed) { client in
            let keys = (0..<300).map { "key-\($0)" }
            var pipeline = RedisPipeline()
            pipeline.append("PING")
            for (index, key) in keys.enumerated() { pipeline.append("SET", key: key, index, "GET") }
            for key in keys { pipeline.append("GET", key: key) }
            let replies = try await client.execute(pipeline)
            #expect(replies[0] == .status("PONG"))
            #expect(replies[1...300].allSatisfy { $0.isNull })
            #expect(replies.dropFirst(301).map(\.integer) == (0..<300).map(Int64.init))
            #expect(
                try await client.mget(keys + ["none"]).map { $0.map { String(decoding: $0, as: UTF8.self) } }
                    == (0..<300).map(String.init) + [nil]
            )
            var found: Set<String> = []
            for try await page in client.scan(match: "key-*", count: 50) { found.formUnion(page) }
            #expect(found == Set(keys))
            #expect(try await client.delete("key-1", "key-2", "key-3", "none") == 3)
            #expect(try await client.checkDurability().count == 1)
            let crossing = try await client.execute(RedisPipeline(RedisCommand("MGET", keys: ["a", "b"])))
            #expect(crossing[0].error?.code == .server(kind: "CROSSSLOT"))
            try await untilTrue { client.state.isConnected }
            let state = client.state
            #expect(state.isCluster == true)
            #expect(state.masters == 3)
            #expect(state.unservedSlots == 0)
            #expect(state.identityEpoch == 0)
            #expect(state.redirections == 0)
            let first = try await retrying { try await client.identity() }
            #expect(try await client.identity() == first)
        }
        var numbered = seed
        numbered.database = 1
        let client = RedisClient(url: numbered, options: options)
        let error = await #expect(throws: RedisError.self) { try await client.ping() }
        #expect(error?.message.contains("only database 0") == true)
        await client.close()
    }

    /// Half of the keys are on the new node while callers work on all of them.
    private func slotsMoveUnderLoad(_ cluster: RedisCluster) async throws {
        try await withClient(try cluster.url, scripts: []) { client in
            let slot = RedisSlot.of("{moving}")
            let identity = try await retrying { try await client.identity() }
            for round in 1...2 {
                let source = try cluster.master(of: slot)
                let target = try #require(cluster.servers.prefix(3).first { $0.port != source.port })
                try await counting("{moving}", users: 40, on: client) { done in
                    try await untilTrue { done() > 100 }
                    try await cluster.move(slot, to: target) {
                        let before = done()
                        try await untilTrue { done() > before + 200 }
                    }
                    let before = done()
                    try await untilTrue { done() > before + 200 }
                }
                #expect(client.state.redirections > 0, "round \(round)")
            }
            #expect(try await retrying { try await client.identity() } == identity)
            #expect(client.state.identityEpoch == 0)
        }
    }

    private func aPlannedFailoverLosesNothing(_ cluster: RedisCluster) async throws {
        try await withClient(try cluster.url) { client in
            let slot = RedisSlot.of("{planned}")
            let identity = try await retrying(within: .seconds(15)) { try await client.identity() }
            try await counting("{planned}", users: 8, on: client) { done in
                try await untilTrue { done() > 100 }
                let replica = try cluster.replica(of: try cluster.master(of: slot))
                try replica.ask("CLUSTER", "FAILOVER")
                try await untilTrue(within: .seconds(15)) { try cluster.master(of: slot).port == replica.port }
                let before = done()
                try await untilTrue(within: .seconds(15)) { done() > before + 200 }
            }
            #expect(client.state.identityEpoch > 0)
            #expect(try await retrying(within: .seconds(15)) { try await client.identity() } != identity)
        }
    }

    private func aKilledMasterIsReplaced(_ cluster: RedisCluster) async throws {
        try await cluster.settle()
        try await withClient(try cluster.url) { client in
            let key = "{killed}"
            let slot = RedisSlot.of(key)
            let identity = try await retrying(within: .seconds(15)) { try await client.identity() }
            try await client.set(key, [1])
            let master = try cluster.master(of: slot)
            let replica = try cluster.replica(of: master)
            try await untilTrue { try await replicaHasAll(of: master) }
            let epoch = client.state.identityEpoch
            master.kill()
            await #expect(throws: RedisError.self) { try await client.identity() }
            // Whoever answers for the slot first, the epoch has moved before.
            let value = try await retrying(within: .seconds(20)) { try await client.get(key) }
            #expect(value == [1])
            #expect(client.state.identityEpoch > epoch)
            #expect(try cluster.master(of: slot).port == replica.port)
            try await untilTrue(within: .seconds(15)) { client.state.isConnected }
            let next = try await retrying(within: .seconds(15)) { try await client.identity() }
            #expect(next != identity)
            // The old one comes back as a replica and changes nothing.
            try await master.restart()
            try await cluster.settle()
            #expect(try await retrying(within: .seconds(15)) { try await client.identity() } == next)
            // Its slots' new master hangs: nobody can vouch for the data until it is replaced.
            let before = client.state.identityEpoch
            replica.freeze()
            await #expect(throws: RedisError.self) { try await client.identity() }
            _ = try await retrying(within: .seconds(20)) { try await client.set(key, [2]) }
            #expect(client.state.identityEpoch > before)
            replica.thaw()
            try await untilTrue(within: .seconds(15)) { try replica.ask("INFO", "replication").contains("role:slave") }
            #expect(try await client.get(key) == [2])
        }
    }

    private func replicaHasAll(of master: RedisServer) async throws -> Bool {
        try master.ask("WAIT", "1", "100") == ["1"]
    }

    /// Runs `body` while a task per user adds one again and again by a script; nothing is lost or done twice.
    private func counting(
        _ tag: String,
        users: Int,
        on client: RedisClient,
        _ body: (@escaping @Sendable () -> Int) async throws -> Void
    ) async throws {
        let prefix = tag + uniquePrefix()
        let add = RedisScript(name: "add", source: "return redis.call('INCRBY', KEYS[1], ARGV[1])")
        let progress = Progress()
        try await withThrowingTaskGroup(of: Int.self) { group in
            for user in 0..<users {
                group.addTask {
                    var count = 0
                    while !progress.isOver {
                        var pipeline = RedisPipeline()
                        pipeline.append(script: add, keys: ["\(prefix)\(user)"], arguments: [[UInt8(ascii: "1")]])
                        pipeline.append(script: add, keys: ["\(prefix)\(user)"], arguments: [[UInt8(ascii: "1")]])
                        pipeline.append("INCR", key: "elsewhere-\(prefix.dropFirst(tag.count))\(user)")
                        let replies = try await client.execute(pipeline)
                        #expect(replies.allSatisfy { $0.error == nil }, "\(replies)")
                        count += 1
                        #expect(replies[1].integer == Int64(2 * count))
                        progress.advance()
                    }
                    return count
                }
            }
            do {
                try await body { progress.count }
                progress.end()
            } catch {
                progress.end()
                throw error
            }
            var total = 0
            for try await count in group { total += count }
            #expect(total == progress.count)
        }
    }

    private var options: RedisClient.Options {
        var options = RedisClient.Options(clientName: "test")
        options.commandTimeout = .seconds(5)
        options.minBackoff = .milliseconds(5)
        options.maxBackoff = .milliseconds(50)
        return options
    }

    private func withClient(
        _ url: RedisURL,
        scripts: [RedisScript] = [],
        _ body: (RedisClient) async throws -> Void
    ) async throws {
        let client = RedisClient(url: url, options: options, scripts: scripts)
        do {
            try await body(client)
        } catch {
            await client.close()
            throw error
        }
        await client.close()
    }
}
