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

    @Test func `a pipeline is split by master, commands without a key go with the first that has one`() {
        var pipeline = RedisPipeline()
        pipeline.append("PING")
        pipeline.append("GET", key: "foo")
        pipeline.append("GET", key: "bar")
        pipeline.append("GET", key: "")
        #expect((0..<3).map { pipeline.slot(at: $0) } == [nil, 12_182, 5_061])
        #expect(pipeline.firstSlot == 12_182)
        let (one, two) = (RedisAddress(host: "a", port: 1), RedisAddress(host: "b", port: 1))
        var table = RedisSlotTable([(1...9_999, one), (10_000...16_383, two)])
        #expect(table.masters == [one, two])
        #expect(table.unservedCount == 1)
        var groups = table.groups(of: pipeline, at: Array(0..<4))
        #expect(groups.byMaster == [0: [2], 1: [0, 1]])
        #expect(groups.unserved == [3])
        let three = RedisAddress(host: "c", port: 1)
        table.move(5_061, to: three)
        table.move(0, to: one)
        groups = table.groups(of: pipeline, at: [0, 2, 3])
        #expect(groups.byMaster == [2: [0, 2], 0: [3]])
        #expect(groups.unserved.isEmpty)
    }

    @Test func `redirections are read`() {
        func redirection(_ text: String) -> RedisRedirection? {
            RedisRedirection(RedisError(serverReply: text), from: "here")
        }
        #expect(
            redirection("MOVED 3999 127.0.0.1:6381")
                == .moved(slot: 3_999, RedisAddress(host: "127.0.0.1", port: 6_381))
        )
        #expect(redirection("MOVED 3999 :6381") == .moved(slot: 3_999, RedisAddress(host: "here", port: 6_381)))
        #expect(redirection("ASK 1 fe80::1:7000") == .ask(RedisAddress(host: "fe80::1", port: 7_000)))
        #expect(redirection("TRYAGAIN Multiple keys request during rehashing of slot") == .later)
        #expect(redirection("CLUSTERDOWN Hash slot not served") == .later)
        #expect(redirection("MOVED 16384 a:1") == nil)
        #expect(redirection("MOVED") == nil)
        #expect(redirection("WRONGTYPE x") == nil)
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
