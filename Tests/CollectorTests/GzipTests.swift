import TestSupport
import Testing

@testable import Collector

@Suite struct GzipTests {
    @Test func `what was compressed comes out, also from several members`() throws {
        let text = Array(String(repeating: "freshet ", count: 20_000).utf8)
        let member = GzipSample.compress(text)
        #expect(try Gzip.inflate(member, limit: text.count) == text)
        #expect(try Gzip.inflate(member + member, limit: 2 * text.count) == text + text)
        #expect(try Gzip.inflate(GzipSample.compress([]), limit: 0) == [])
    }

    @Test func `a bomb stops at the limit`() {
        let bomb = GzipSample.compress([UInt8](repeating: 0, count: 50_000_000))
        #expect(bomb.count < 100_000)
        #expect(throws: Gzip.Failure.tooLarge) { try Gzip.inflate(bomb, limit: 512_000) }
    }

    @Test func `cut, damaged and foreign bytes are refused`() {
        let member = GzipSample.compress(Array("freshet freshet freshet".utf8))
        for length in 0..<member.count {
            #expect(throws: Gzip.Failure.malformed) { try Gzip.inflate(Array(member[..<length]), limit: 1_000) }
        }
        #expect(throws: Gzip.Failure.malformed) { try Gzip.inflate(member + [0], limit: 1_000) }
        #expect(throws: Gzip.Failure.malformed) { try Gzip.inflate(Array("{}".utf8), limit: 1_000) }
        var damaged = member
        damaged[member.count - 6] ^= 1
        #expect(throws: Gzip.Failure.malformed) { try Gzip.inflate(damaged, limit: 1_000) }
    }
}
