import SeededRandom

/// Pieces that decoders trip over, put in at random places.
enum Tokens {
    static let binary: [[UInt8]] = [
        [0], [1], [0x7f], [0x80], [0xff],
        // Varints: the largest, the largest signed, one that is too long, one that is padded.
        [UInt8](repeating: 0xff, count: 9) + [1], [UInt8](repeating: 0xff, count: 8) + [0x7f],
        [UInt8](repeating: 0xff, count: 11), [0x80, 0],
        // Fixed numbers: all bits, the largest and the smallest signed, infinity, not a number.
        [UInt8](repeating: 0xff, count: 8), [UInt8](repeating: 0xff, count: 7) + [0x7f],
        [UInt8](repeating: 0, count: 7) + [0x80], [0, 0, 0, 0, 0, 0, 0xf0, 0x7f], [0, 0, 0, 0, 0, 0, 0xf8, 0x7f],
        [0, 0, 0x80, 0x7f], [0, 0, 0xc0, 0x7f], [0xff, 0xff, 0xff, 0x7f], [0, 0, 0, 0x80],
    ]

    static let json: [[UInt8]] =
        [
            "{", "}", "[", "]", "\"", ":", ",", "\\", "\\u", "\\ud800", "\\ud83d\\ude00", "\\u0000", "null", "true",
            "-",
            "1e999", "-1e999", "1e-999", "0.1e1", "00", "9223372036854775807", "9223372036854775808",
            "-9223372036854775808", "18446744073709551616", "253402300799999", "253402300800000", "-62167219200001",
            "\"0000-01-01T00:00:00Z\"", "\"9999-12-31T23:59:60-23:59\"", "\"2026-02-30T00:00:00Z\"",
            "\"2016-12-31T23:59:60.9999999999Z\"", "\"\"", "{}", "[]", "\u{feff}", "\u{7f}", "\u{85}", "~", "%7B", " ",
            "\"type\":\"purchase\"", "\"userId\":\"~u\"", "\"items\":[\"a\",\"b\"]", "\"value\":1e308",
            String(repeating: "[", count: 70), String(repeating: "{\"a\":", count: 70),
            String(repeating: "x", count: 300),
        ].map { Array($0.utf8) }
        + [
            [0], [0x1f], [0x80], [0xc0, 0x80], [0xe0, 0x80, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xfe],
            [0xff, 0xfe, 0x7b, 0], [0xc3], [0xe9],
        ]
}

extension [UInt8] {
    /// A few changes: bits, bytes, pieces taken out, doubled, overwritten or put in, a cut, or a splice with another sample.
    func mutated(
        using generator: inout SeededGenerator,
        tokens: [[UInt8]],
        others: [[UInt8]]
    ) -> [UInt8] {
        if Int.random(in: 0..<50, using: &generator) == 0 {
            return (0..<Int.random(in: 0...64, using: &generator)).map { _ in .random(in: 0...255, using: &generator) }
        }
        var bytes = self
        for _ in 0..<Int.random(in: 1...4, using: &generator) { bytes.change(using: &generator, tokens, others) }
        return bytes
    }

    private mutating func change(using generator: inout SeededGenerator, _ tokens: [[UInt8]], _ others: [[UInt8]]) {
        guard !isEmpty else { return append(.random(in: 0...255, using: &generator)) }
        let index = Int.random(in: indices, using: &generator)
        let piece = index..<Swift.min(count, index + Int.random(in: 1...16, using: &generator))
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: self[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: self[index] = .random(in: 0...255, using: &generator)
        case 2: removeSubrange(piece)
        case 3: insert(contentsOf: Array(self[piece]), at: index)
        case 4: insert(contentsOf: tokens.randomElement(using: &generator) ?? [], at: index)
        case 5:
            let token = tokens.randomElement(using: &generator) ?? []
            replaceSubrange(index..<Swift.min(count, index + token.count), with: token)
        case 6: removeSubrange(index...)
        default:
            let other = others.randomElement(using: &generator) ?? []
            replaceSubrange(index..., with: other.dropFirst(Int.random(in: 0...other.count, using: &generator)))
        }
    }
}
