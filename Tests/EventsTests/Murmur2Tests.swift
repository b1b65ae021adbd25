import Events
import Testing

@Suite struct Murmur2Tests {
    // The vectors that Kafka's own Java test has (UtilsTest.testMurmur2).
    @Test(
        arguments: [
            ("21", -973_932_308), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536),
            ("a-little-bit-longer-string", -1_486_304_829),
            ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971), ("abc", 479_470_107),
        ] as [(String, Int32)]
    )
    func `the hash is Java's`(text: String, expected: Int32) {
        #expect(Int32(bitPattern: Murmur2.hash(Array(text.utf8))) == expected)
    }

    @Test func `a partition is the hash without its sign, modulo the count`() {
        #expect(Murmur2.partition(forKey: Array("21".utf8), count: 12) == Int32((-973_932_308 & 0x7fff_ffff) % 12))
        var seen = Set<Int32>()
        for user in 0..<1_000 { seen.insert(Murmur2.partition(forKey: Array("u\(user)".utf8), count: 12)) }
        #expect(seen == Set(0..<12))
        #expect((0..<12).contains(Murmur2.partition(forKey: [], count: 12)))
    }
}
