import Redis
import ServiceSupport

extension ToolSettings {
    /// Runs `body` with a client for the Redis of the settings; complains when it does not answer.
    func withRedis<Result>(_ body: (RedisClient) async throws -> Result) async throws -> Result {
        let client = redis.client(name: "freshet", logger: Self.logger)
        do {
            try await Self.waitUntilConnected(client)
            let result = try await body(client)
            await client.close()
            return result
        } catch {
            await client.close()
            throw error
        }
    }

    /// Waits until Redis answers.
    static func waitUntilConnected(_ client: RedisClient, timeout: Duration = .seconds(5)) async throws {
        let deadline = ContinuousClock.now + timeout
        while true {
            do {
                return try await client.ping()
            } catch {
                guard ContinuousClock.now < deadline else {
                    throw Complaint("Redis does not answer: \(error); name it with --redis or REDIS_URL")
                }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }
}
