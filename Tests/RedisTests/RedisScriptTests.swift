import Redis
import TestSupport
import Testing

@Suite("RedisScript", .timeLimit(.minutes(1)))
struct RedisScriptTests {
    private let add = RedisScript(name: "add", source: "return redis.call('INCRBY', KEYS[1], ARGV[1])")
    private let echo = RedisScript(name: "echo", source: "return ARGV[1]")

    @Test(arguments: [
        ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"), ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
        ),
        (String(repeating: "a", count: 1_000), "291e9a6c66994949b57ba5e650361e98fc36b1ba"),
    ])
    func `the SHA-1 is the standard one`(source: String, digest: String) {
        #expect(RedisScript(name: "s", source: source).sha1 == digest)
    }

    @Test(arguments: [true, false])
    func `a script runs whether it was registered or not`(isRegistered: Bool) async throws {
        try await withRedisClient(scripts: isRegistered ? [add, echo] : []) { client in
            let key = uniquePrefix()
            var pipeline = RedisPipeline()
            pipeline.append(script: add, keys: [key], arguments: [Array("5".utf8)])
            pipeline.append("EXPIRE", key: key, 60)
            pipeline.append(script: echo, keys: [], arguments: [[0, 13, 10, 255]])
            pipeline.append(script: add, keys: [key], arguments: [Array("6".utf8)])
            let values = try await client.execute(pipeline)
            #expect(values == [.integer(5), .integer(1), .bytes([0, 13, 10, 255]), .integer(11)])
        }
    }

    @Test func `a forgotten script is loaded again and runs once`() async throws {
        try await withPrivateRedis { server in
            // One connection: a second one may still be loading the scripts when they are flushed.
            var options = RedisClient.Options()
            options.connections = 1
            let client = RedisClient(url: try server.url, options: options, scripts: [add, echo])
            for round in 1...3 {
                _ = try await client.command(RedisCommand("SCRIPT", "FLUSH"))
                var pipeline = RedisPipeline()
                pipeline.append(script: add, keys: ["key"], arguments: [Array("1".utf8)])
                pipeline.append("PING")
                pipeline.append(script: add, keys: ["key"], arguments: [Array("1".utf8)])
                let values = try await client.execute(pipeline)
                #expect(values == [.integer(Int64(round * 2 - 1)), .status("PONG"), .integer(Int64(round * 2))])
            }
            // Counted after the replies are handed over, which closing waits for.
            await client.close()
            #expect(client.state.scriptReloads == 6)
        }
    }

    @Test func `concurrent callers all get through a flush of the scripts`() async throws {
        try await withPrivateRedis { server in
            let client = RedisClient(url: try server.url, scripts: [add])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<16 {
                    group.addTask {
                        for round in 1...40 {
                            if task == 0 { _ = try await client.command(RedisCommand("SCRIPT", "FLUSH")) }
                            let sum = try await client.evaluate(add, keys: ["k\(task)"], arguments: [Array("1".utf8)])
                            #expect(sum == .integer(Int64(round)))
                        }
                    }
                }
                try await group.waitForAll()
            }
            await client.close()
        }
    }

    @Test func `a script that does not compile says so`() async throws {
        try await withRedisClient { client in
            let broken = RedisScript(name: "broken", source: "return ((")
            let error = await #expect(throws: RedisError.self) { try await client.evaluate(broken, keys: []) }
            #expect(error?.message.contains("compiling") == true)
            #expect(error?.isRetriable == false)
        }
    }
}
