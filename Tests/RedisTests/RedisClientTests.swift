import Redis
import TestSupport
import Testing

@Suite("RedisClient against a real server", .timeLimit(.minutes(2)))
struct RedisClientTests {
    @Test func `concurrent callers get their own replies`() async throws {
        try await withRedisClient { client in
            let prefix = uniquePrefix()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<32 {
                    group.addTask {
                        for round in 1...50 {
                            var pipeline = RedisPipeline()
                            pipeline.append("INCR", key: "\(prefix)\(task)")
                            pipeline.append("GET", key: "\(prefix)\(task)")
                            let values = try await client.execute(pipeline)
                            #expect(values == [.integer(Int64(round)), .bytes(Array("\(round)".utf8))])
                        }
                    }
                }
                try await group.waitForAll()
            }
            let state = client.state
            #expect(state.commands == 32 * 50 * 2)
            #expect(state.latency.count == 32 * 50)
            #expect(state.roundTrips <= 32 * 50)
            #expect(state.isConnected)
        }
    }

    @Test func `a server error fails one command, not the pipeline`() async throws {
        try await withRedisClient { client in
            let key = uniquePrefix()
            var pipeline = RedisPipeline()
            pipeline.append("SET", key: key, "x", "EX", 60)
            pipeline.append("INCR", key: key)
            pipeline.append("LPUSH", key: key, "y")
            pipeline.append("GET", key: key)
            let values = try await client.execute(pipeline)
            #expect(values.first == .status("OK"))
            #expect(values[1].error?.code == .server(kind: "ERR"))
            #expect(values[2].error?.code == .server(kind: "WRONGTYPE"))
            #expect(values[2].error?.isRetriable == false)
            #expect(values.last?.string == "x")
            await #expect(throws: RedisError.self) { try await client.command(RedisCommand("INCR", key: key)) }
        }
    }

    @Test func `bytes of any kind and size come back as they went`() async throws {
        try await withRedisClient { client in
            let prefix = uniquePrefix()
            let large = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
            let values: [[UInt8]] = [[], Array(0...255), Array("\r\n$-1\r\n".utf8), large]
            for (index, value) in values.enumerated() {
                try await client.set("\(prefix)\(index)", value, expiry: .seconds(60))
            }
            let stored = try await client.mget(values.indices.map { "\(prefix)\($0)" } + ["\(prefix)none"])
            #expect(stored == values + [nil])
        }
    }

    @Test func `a pipeline of ten thousand commands is answered in order`() async throws {
        try await withRedisClient { client in
            let prefix = uniquePrefix()
            var pipeline = RedisPipeline()
            for index in 0..<10_000 { pipeline.append("SET", key: "\(prefix)\(index % 7)", index, "EX", 60, "GET") }
            let values = try await client.execute(pipeline)
            #expect(values.count == 10_000)
            #expect(values.prefix(7).allSatisfy { $0.isNull })
            for index in 7..<10_000 where values[index].integer != Int64(index - 7) {
                Issue.record("reply \(index) is \(values[index])")
            }
        }
    }

    @Test func `twenty megabytes go out and come back in one pipeline`() async throws {
        try await withRedisClient { client in
            let prefix = uniquePrefix()
            let value = [UInt8](repeating: 7, count: 1 << 20)
            var pipeline = RedisPipeline()
            for index in 0..<10 { pipeline.append("SET", key: "\(prefix)\(index)", value, "EX", 60) }
            for index in 0..<10 { pipeline.append("GETDEL", key: "\(prefix)\(index)") }
            let values = try await client.execute(pipeline)
            #expect(values.prefix(10).allSatisfy { $0 == .status("OK") })
            #expect(values.suffix(10).allSatisfy { $0.bytes == value })
        }
    }

    @Test func `typed commands speak Swift`() async throws {
        try await withRedisClient { client in
            let prefix = uniquePrefix()
            try await client.ping()
            let missing = try await client.get("\(prefix)none")
            #expect(missing == nil)
            try await client.set("\(prefix)a", [1, 2])
            #expect(try await client.get("\(prefix)a") == [1, 2])
            _ = try await client.command(RedisCommand("HSET", key: "\(prefix)h", "one", "1", "two", "2"))
            let fields = try await client.hgetall("\(prefix)h")
            #expect(fields == ["one": [UInt8(ascii: "1")], "two": [UInt8(ascii: "2")]])
            #expect(try await client.hgetall("\(prefix)none").isEmpty)
            #expect(try await client.delete("\(prefix)a", "\(prefix)h", "\(prefix)none") == 2)
            #expect(try await client.info("server")["redis_version"]?.isEmpty == false)
        }
    }

    @Test func `a scan finds every key that matches`() async throws {
        try await withRedisClient { client in
            let prefix = uniquePrefix()
            var pipeline = RedisPipeline()
            for index in 0..<500 { pipeline.append("SET", key: "\(prefix)\(index)", "x", "EX", 60) }
            _ = try await client.execute(pipeline)
            var found: Set<String> = []
            for try await page in client.scan(match: "\(prefix)*", count: 100) { found.formUnion(page) }
            #expect(found == Set((0..<500).map { "\(prefix)\($0)" }))
        }
    }

    @Test func `nested replies are copied, up to hiredis' depth`() async throws {
        try await withRedisClient { client in
            let nested = RedisScript(
                name: "nested",
                source: "return {1, {2, {'three', false}}, redis.status_reply('OK')}"
            )
            let reply = try await client.evaluate(nested, keys: [])
            let inner = RedisValue.array([.bytes(Array("three".utf8)), .null])
            #expect(reply == .array([.integer(1), .array([.integer(2), inner]), .status("OK")]))
        }
    }

    @Test func `an empty pipeline needs no server`() async throws {
        let client = RedisClient(url: try RedisURL("redis://127.0.0.1:1"))
        #expect(try await client.execute(RedisPipeline()).isEmpty)
        await client.close()
    }

    @Test func `a closed client refuses work`() async throws {
        try await withRedis { url in
            let client = RedisClient(url: url)
            try await client.ping()
            await client.close()
            let error = await #expect(throws: RedisError.self) { try await client.ping() }
            #expect(error?.code == .closed)
            #expect(!client.state.isConnected)
        }
    }

    @Test func `the queue is bounded`() async throws {
        try await withPrivateRedis { server in
            var options = RedisClient.Options(clientName: "test")
            options.connections = 1
            options.maxQueuedCommands = 10
            let client = RedisClient(url: try server.url, options: options)
            try await retrying { try await client.ping() }
            server.freeze()
            let outcomes = await withTaskGroup(of: RedisError.Code?.self) { group in
                for _ in 0..<30 {
                    group.addTask {
                        do throws(RedisError) {
                            try await client.ping()
                            return nil
                        } catch {
                            return error.code
                        }
                    }
                }
                return await group.reduce(into: [RedisError.Code?]()) { $0.append($1) }
            }
            server.thaw()
            #expect(outcomes.count { $0 == .overloaded } == 20)
            #expect(!outcomes.contains(nil))
            #expect(client.state.overloads == 20)
            try await retrying { try await client.ping() }
            await client.close()
        }
    }

    @Test func `settings that lose data are named`() async throws {
        try await withPrivateRedis { server in
            let client = RedisClient(url: try server.url)
            let warnings = try await client.checkDurability()
            #expect(warnings.count == 1)
            #expect(warnings.first?.contains("appendonly") == true)
            _ = try await client.command(RedisCommand("CONFIG", "SET", "appendonly", "yes"))
            #expect(try await client.checkDurability().isEmpty)
            _ = try await client.command(RedisCommand("CONFIG", "SET", "maxmemory-policy", "allkeys-lru"))
            #expect(try await client.checkDurability().first?.contains("noeviction") == true)
            _ = try await client.command(RedisCommand("ACL", "SETUSER", "default", "-config"))
            #expect(try await client.checkDurability().first?.contains("unknown") == true)
            await client.close()
        }
    }
}
