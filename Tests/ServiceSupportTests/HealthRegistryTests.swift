import Testing

@testable import ServiceSupport

@Suite struct HealthRegistryTests {
    @Test func `a service is ready when every part is`() {
        let health = HealthRegistry()
        let kafka = health.check("kafka")
        let redis = health.check("redis")
        #expect(!health.isReady)
        kafka.ready()
        redis.unready("connection refused: \"127.0.0.1:1\"")
        #expect(
            health.readiness().json == """
                {"status":"unavailable","checks":{"kafka":{"status":"ok"},\
                "redis":{"status":"unavailable","reason":"connection refused: \\"127.0.0.1:1\\""}}}

                """
        )
        redis.ready(detail: "appendonly is off")
        #expect(health.isReady)
        #expect(health.readiness().json.contains(#""redis":{"status":"ok","reason":"appendonly is off"}"#))
    }

    @Test func `a loop that stops beating makes the process not alive`() {
        let health = HealthRegistry()
        let loop = health.watchdog("consume", timeout: .seconds(10))
        let start = ContinuousClock.now
        #expect(health.liveness(now: start).isHealthy)
        loop.beat(now: start)
        #expect(health.liveness(now: start + .seconds(10)).isHealthy)
        let late = health.liveness(now: start + .seconds(11))
        #expect(!late.isHealthy)
        #expect(late.json.contains("no progress for 11 s"))
        loop.rest()
        #expect(health.liveness(now: start + .seconds(99)).isHealthy)
    }
}
