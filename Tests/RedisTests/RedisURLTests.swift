import Redis
import Testing

@Suite struct RedisURLTests {
    @Test(
        arguments: [
            ("redis://localhost", "localhost", 6379, nil, nil, 0),
            ("redis://10.0.0.1:6380/3", "10.0.0.1", 6380, nil, nil, 3),
            ("REDIS://:secret@redis.internal/", "redis.internal", 6379, nil, "secret", 0),
            ("redis://app:p%40ss%2Fword@host:1/15", "host", 1, "app", "p@ss/word", 15),
            ("redis://app:a/b@c:d@host", "host", 6379, "app", "a/b@c:d", 0),
            ("redis://[::1]:7000/1", "::1", 7000, nil, nil, 1),
        ] as [(String, String, Int, String?, String?, Int)]
    )
    func `addresses are taken apart`(
        text: String,
        host: String,
        port: Int,
        user: String?,
        password: String?,
        database: Int
    ) throws {
        let url = try RedisURL(text)
        #expect(url.host == host)
        #expect(url.port == port)
        #expect(url.user == user)
        #expect(url.password == password)
        #expect(url.database == database)
    }

    @Test func `several nodes and Sentinels are listed with commas`() throws {
        let cluster = try RedisURL("redis://app:p,w@h1:7000,[::1]:7001,h3")
        #expect(cluster.addresses.map(\.description) == ["h1:7000", "[::1]:7001", "h3:6379"])
        #expect(cluster.password == "p,w")
        #expect(cluster.sentinelMaster == nil)
        #expect("\(cluster)" == "redis://app:***@h1:7000,[::1]:7001,h3:6379/0")
        let sentinel = try RedisURL("redis+sentinel://:secret@h1,h2:5000/mymaster/2")
        #expect(sentinel.addresses.map(\.description) == ["h1:26379", "h2:5000"])
        #expect(sentinel.sentinelMaster == "mymaster")
        #expect(sentinel.database == 2)
        #expect("\(sentinel)" == "redis+sentinel://:***@h1:26379,h2:5000/mymaster/2")
    }

    @Test(arguments: [
        ("localhost:6379", "should read"), ("http://host", "scheme"), ("rediss://host", "TLS"), ("redis://", "host"),
        ("redis://:6379", "host"), ("redis://host:0", "port"), ("redis://host:65536", "port"),
        ("redis://host:6x", "port"), ("redis://host/db", "database"), ("redis://::1", "brackets"),
        ("redis://[::1", "bracket"), ("redis://a:%zz@host", "percent"), ("redis://user@host", "password"),
        ("redis://host?db=1", "parameters"), ("redis://a,,b", "host"), ("redis+sentinel://a", "name"),
        ("redis+sentinel://a/m/x", "database"), ("redis://a/0/1", "database"),
    ])
    func `what is not an address is refused with the reason`(text: String, reason: String) {
        let error = #expect(throws: RedisError.self) { try RedisURL(text) }
        #expect(error?.code == .invalidURL)
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }

    @Test func `neither the description nor an error shows the password`() throws {
        let url = try RedisURL("redis://app:hunter2@host/1")
        #expect("\(url)" == "redis://app:***@host:6379/1")
        #expect(String(reflecting: url) == "redis://app:***@host:6379/1")
        let error = #expect(throws: RedisError.self) { try RedisURL("redis://app:hunter2@host:nope") }
        #expect(error?.description.contains("hunter2") == false)
    }
}
