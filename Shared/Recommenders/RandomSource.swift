/// A small random number generator with a seed (SplitMix64): the same seed gives the same numbers everywhere.
public struct RandomSource: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Starts at a seed.
    public init(seed: UInt64) {
        state = seed
    }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number in [0, 1).
    public mutating func uniform() -> Float { Float(next() >> 40) * 0x1p-24 }

    /// A number in [0, 1), with all the digits of a `Double`.
    public mutating func preciseUniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A number in 0..<count; `count` must be above zero and below 2³¹.
    public mutating func index(below count: Int) -> Int { Int((next() >> 33) % UInt64(count)) }
}
