import Foundation
import JSON
import SeededRandom
import Testing

/// The reader and Foundation's parser accept the same texts, except where strictness is written down here.
@Suite struct JSONAgreementTests {
    static func accepts(_ bytes: [UInt8]) -> Bool {
        var reader = JSONReader(bytes, maximumDepth: 512)
        do {
            try reader.skipValue()
            try reader.finish()
            return true
        } catch {
            return false
        }
    }

    static func foundationAccepts(_ bytes: [UInt8]) -> Bool {
        (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
    }

    @Test(arguments: [
        "{}", "[]", "[1,2]", "{\"a\":{\"b\":[]}}", "\"\"", "0", "-1", "1.5", "1e5", "1E+5", "true", "false", "null",
        " \t\r\n1 ", "[[[[]]]]", "\"\\u0041\"", "\"\\ud83d\\ude00\"", "\"\u{7f}\"", "{\"\":0}", "-0", "0e0", "1e-400",
        "\"\\/\"", "[-0.0]", "{\"a\":1,\"a\":2}",
    ])
    func `valid texts are accepted by both`(text: String) {
        #expect(Self.accepts(Array(text.utf8)))
        #expect(Self.foundationAccepts(Array(text.utf8)))
    }

    @Test(arguments: [
        "", " ", "{", "}", "[", "]", "[,1]", "{,}", "[1 2]", "{\"a\" 1}", "{\"a\":}", "{a:1}",
        "{'a':1}",
        "01", "-", "-01", "1.", ".5", "1e", "1e+", "+1", "0x10", "NaN", "Infinity", "-Infinity", "tru", "True", "nul",
        "truefalse", "\"", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\u{1}\"", "\"\n\"", "\"\t\"", "1 2",
        "{}{}",
        "[1]]", "// c\n1", "/* c */1", "\u{a0}1", "[\"a\":1]", "{1:2}", "{\"a\",\"b\"}", "00", "2.e3", "\0",
        "[1}",
    ])
    func `invalid texts are refused by both`(text: String) {
        #expect(!Self.accepts(Array(text.utf8)))
        #expect(!Self.foundationAccepts(Array(text.utf8)))
    }

    @Test(
        arguments: [
            [0x80], [0xff], [0xc0, 0x80], [0xc1, 0xbf], [0xe0, 0x80, 0x80], [0xed, 0xa0, 0x80],
            [0xf0, 0x80, 0x80, 0x80],
            [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xc3], [0xe2, 0x82], [0xf0, 0x9f, 0x98], [0xc3, 0x28],
        ] as [[UInt8]]
    )
    func `text that is not UTF-8 is refused by both`(sequence: [UInt8]) {
        let bytes = [UInt8(ascii: "\"")] + sequence + [UInt8(ascii: "\"")]
        #expect(!Self.accepts(bytes))
        #expect(!Self.foundationAccepts(bytes))
    }

    @Test(arguments: [#""\ud800""#, #""\udc00""#, #""\ud800x""#, #""\ud800\ud800""#, #""\ud800\u0041""#])
    func `half of a surrogate pair is refused`(text: String) {
        #expect(!Self.accepts(Array(text.utf8)))
    }

    @Test(arguments: ["[1,]", "{\"a\":1,}", "1\0"])
    func `trailing commas and zeros are refused, which Foundation on Linux takes`(text: String) {
        #expect(!Self.accepts(Array(text.utf8)))
    }

    @Test func `a byte order mark is refused, which Foundation skips`() {
        #expect(!Self.accepts([0xef, 0xbb, 0xbf, UInt8(ascii: "1")]))
    }

    @Test func `on mutated texts the reader never crashes, and what it accepts Foundation accepts`() {
        var generator = SeededGenerator(seed: 7)
        let seed = Array(#"{"a":[1,-2.5e3,"x\u00e9\n😀",true,null],"b":{"c":"","d":[{}]},"e":0.1}"#.utf8)
        for _ in 0..<20_000 {
            var bytes = seed
            for _ in 0..<Int.random(in: 1...3, using: &generator) { bytes.mutate(using: &generator) }
            guard Self.accepts(bytes) else { continue }
            #expect(Self.foundationAccepts(bytes), "\(String(decoding: bytes, as: UTF8.self))")
        }
    }

    @Test func `random bytes never crash the reader`() {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...40, using: &generator)
            let alphabet = Array("{}[]\",:\\ue019-+.ntf \u{e9}".utf8) + [0, 0xff, 0xed, 0xa0]
            _ = Self.accepts((0..<count).map { _ in alphabet.randomElement(using: &generator) ?? 0 })
        }
    }
}
