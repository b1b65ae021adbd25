import Foundation
import SeededRandom
import Testing

/// Feeds a decoder with mutations of what its encoder wrote.
///
/// The same inputs for the same `FUZZ_SEED`; `FUZZ_ROUNDS` says how many per decoder. `FUZZ_TRACE` names a file that holds
/// the input in hand, so that one that ends the process is known.
struct DecoderFuzz {
    static let rounds = environment("FUZZ_ROUNDS") ?? 300
    private static let seed = environment("FUZZ_SEED") ?? 1
    private static let trace = ProcessInfo.processInfo.environment["FUZZ_TRACE"]

    let name: String
    let samples: [[UInt8]]
    var tokens = Tokens.binary
    /// Mutations beside the samples' own, none by default.
    var rounds = Self.rounds

    /// Hands inputs to `reencode`, which answers the encoding of what it has read, or `nil` for a typed error.
    ///
    /// Every sample must be read; whatever was read, encoded and read again, must be the same.
    func run(_ reencode: ([UInt8]) throws -> [UInt8]?) throws {
        let salt = name.utf8.reduce(UInt64(0)) { $0 &* 31 &+ UInt64($1) }
        var generator = SeededGenerator(seed: UInt64(truncatingIfNeeded: Self.seed) &+ salt)
        var read = 0
        for sample in samples where try reencode(sample) == nil {
            Issue.record("\(name): a sample is refused: \(Self.hexadecimal(sample))")
        }
        for _ in 0..<rounds {
            let sample = samples.randomElement(using: &generator) ?? []
            let input = sample.mutated(using: &generator, tokens: tokens, others: samples)
            if let trace = Self.trace { try Data(input).write(to: URL(filePath: trace)) }
            guard let first = try reencode(input) else { continue }
            read += 1
            guard try reencode(first) == first else {
                Issue.record("\(name): what was read is encoded as something else: \(Self.hexadecimal(input))")
                return
            }
        }
        print("fuzz \(name): \(rounds) inputs, \(rounds == 0 ? 0 : 100 * read / rounds) % read, the others refused")
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.prefix(4096).map { String(format: "%02x", $0) }.joined()
    }

    private static func environment(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap(Int.init)
    }
}
