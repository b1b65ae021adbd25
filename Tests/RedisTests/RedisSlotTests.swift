import Testing

@testable import Redis

/// The expected slots come from `CLUSTER KEYSLOT` of Redis 7.
@Suite struct RedisSlotTests {
    @Test(arguments: [
        ("", 0), ("123456789", 12_739), ("foo", 12_182), ("bar", 5_061), ("{user1000}.following", 3_443),
        ("{user1000}.followers", 3_443), ("foo{}{bar}", 8_363), ("foo{{bar}}zap", 4_015), ("foo{bar}{zap}", 5_061),
        ("foo{bar", 15_278), ("foo}bar{baz}", 4_813), ("ключ", 10_303),
    ])
    func `slots agree with Redis`(key: String, slot: Int) {
        #expect(RedisSlot.of(key) == slot)
    }

    @Test func `a pipeline goes over the connection of its first key`() {
        var pipeline = RedisPipeline()
        pipeline.append("PING")
        pipeline.append("GET", key: "foo")
        pipeline.append("GET", key: "bar")
        let routing = SingleServerRouting(connectionCount: 5)
        #expect(routing.groups(of: pipeline) == [RedisCommandGroup(connection: 12_182 % 5, commands: nil)])
        #expect((0..<3).map { pipeline.slot(at: $0) } == [nil, 12_182, 5_061])
    }

    @Test func `a selection of a pipeline holds the selected commands`() {
        var pipeline = RedisPipeline()
        for index in 0..<5 { pipeline.append("SET", key: "k\(index)", index) }
        var expected = RedisPipeline()
        for index in [0, 3, 4] { expected.append("SET", key: "k\(index)", index) }
        let selection = pipeline.selecting([0, 3, 4])
        #expect(selection.bytes == expected.bytes)
        #expect(selection.count == 3)
        #expect(selection.slot(at: 1) == RedisSlot.of("k3"))
    }
}
