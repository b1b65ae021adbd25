import Redis
import TestSupport
import Testing

@Suite("RedisClient when its server goes away", .serialized, .timeLimit(.minutes(2)))
struct RedisReconnectTests {
    @Test func `after a restart it logs in again and the identity has changed before the first answer`() async throws {
        try await withPrivateRedis(password: "secret word") { server in
            let client = RedisClient(url: try server.url, options: options(timeout: .seconds(10)))
            try await client.set("key", [1])
            let first = try await client.identity()
            #expect(client.state.identityEpoch == 0)
            #expect(client.state.identity == first)
            for round in 1...3 {
                try await server.restart()
                let value = try await retrying { try await client.get("key") }
                #expect(value == nil)
                #expect(client.state.identityEpoch == round)
            }
            let last = try await client.identity()
            #expect(last != first)
            try await untilTrue { client.state.isConnected && client.state.reconnects >= 4 }
            #expect(client.state.lastError == nil)
            await client.close()
        }
    }

    @Test func `a restart between two commands costs nothing`() async throws {
        try await withPrivateRedis { server in
            let client = RedisClient(url: try server.url, options: options(timeout: .seconds(10)))
            try await client.ping()
            try await server.restart()
            try await client.ping()
            await client.close()
        }
    }

    @Test func `what is in flight when the server dies fails as unknown`() async throws {
        try await withPrivateRedis { server in
            let client = RedisClient(url: try server.url, options: options(timeout: .seconds(10)))
            let observer = RedisClient(url: try server.url, options: options(timeout: .seconds(10)))
            async let blocked = client.command(RedisCommand("BLPOP", key: "none", 0))
            try await untilTrue { try await observer.info("clients")["blocked_clients"] == "1" }
            server.kill()
            do {
                let reply = try await blocked
                Issue.record("BLPOP answered \(reply)")
            } catch let error as RedisError {
                #expect(error.code == .connectionLost)
                #expect(error.isOutcomeUnknown)
            }
            await client.close()
            await observer.close()
        }
    }

    @Test func `a server that hangs is left at the deadline, and served again afterwards`() async throws {
        try await withPrivateRedis { server in
            let client = RedisClient(url: try server.url, options: options(timeout: .seconds(1)))
            try await retrying { try await client.set("key", [1]) }
            server.freeze()
            let clock = ContinuousClock()
            let waited = await clock.measure {
                let error = await #expect(throws: RedisError.self) { try await client.get("key") }
                #expect(error?.code == .timedOut)
            }
            #expect(waited > .milliseconds(900) && waited < .seconds(10))
            server.thaw()
            let value = try await retrying { try await client.get("key") }
            #expect(value == [1])
            #expect(client.state.identityEpoch == 0)
            await client.close()
        }
    }

    @Test func `a paused server times out one command and the late reply reaches nobody`() async throws {
        try await withPrivateRedis { server in
            let client = RedisClient(url: try server.url, options: options(timeout: .seconds(1)))
            try await retrying { try await client.set("key", [1]) }
            _ = try await client.command(RedisCommand("CLIENT", "PAUSE", 1_500, "WRITE"))
            let error = await #expect(throws: RedisError.self) { try await client.set("key", [2]) }
            #expect(error?.code == .timedOut)
            #expect(try await client.get("key") == [1])
            await client.close()
        }
    }

    @Test func `a closed port fails each command at its deadline with the reason`() async throws {
        let client = RedisClient(url: try RedisURL("redis://127.0.0.1:1"), options: options(timeout: .seconds(1)))
        let clock = ContinuousClock()
        let waited = await clock.measure {
            let error = await #expect(throws: RedisError.self) { try await client.ping() }
            #expect(error?.code == .connectFailed)
            #expect(error?.message.contains("refused") == true)
        }
        #expect(waited < .seconds(10))
        #expect(!client.state.isConnected)
        #expect(client.state.lastError?.code == .connectFailed)
        await client.close()
    }

    @Test func `closing does not wait for a server that is away`() async throws {
        let client = RedisClient(url: try RedisURL("redis://127.0.0.1:1"), options: options(timeout: .seconds(30)))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let error = await #expect(throws: RedisError.self) { try await client.ping() }
                #expect(error?.code == .closed)
            }
            try await Task.sleep(for: .milliseconds(50))
            let waited = await ContinuousClock().measure { await client.close() }
            #expect(waited < .seconds(10))
            try await group.waitForAll()
        }
    }

    @Test func `a wrong password is named`() async throws {
        try await withPrivateRedis(password: "right") { server in
            var url = try server.url
            url.password = "wrong"
            let client = RedisClient(url: url, options: options(timeout: .seconds(10)))
            let error = await #expect(throws: RedisError.self) { try await client.ping() }
            #expect(error?.code == .connectFailed)
            #expect(error?.message.contains("WRONGPASS") == true)
            await client.close()
        }
    }

    @Test func `the database of the address is used on every connection`() async throws {
        try await withPrivateRedis { server in
            var url = try server.url
            url.database = 3
            let client = RedisClient(url: url, options: options(timeout: .seconds(10)))
            for index in 0..<8 { try await client.set("key\(index)", [1]) }
            #expect(try await client.info("keyspace").keys.sorted() == ["db3"])
            await client.close()
        }
    }

    private func options(timeout: Duration) -> RedisClient.Options {
        var options = RedisClient.Options(clientName: "test")
        options.commandTimeout = timeout
        options.minBackoff = .milliseconds(5)
        options.maxBackoff = .milliseconds(50)
        return options
    }
}
