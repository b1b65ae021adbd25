import Redis
import Testing

@testable import ServiceSupport

@Suite struct RedisSettingsTests {
    @Test func `a wrong address stops the start without being shown`() throws {
        let reader = try SettingsReader(environment: ["REDIS_URL": "http://:hunter2@host"])
        let error = #expect(throws: SettingsError.self) { try RedisSettings(from: reader) }
        #expect(error?.key == "redis.url")
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test func `the address is taken apart`() throws {
        let reader = try SettingsReader(environment: ["REDIS_URL": "redis://me:p%40ss@host:6380/2"])
        let url = try RedisSettings(from: reader).url
        #expect(url.host == "host" && url.port == 6380 && url.database == 2 && url.password == "p@ss")
    }
}
