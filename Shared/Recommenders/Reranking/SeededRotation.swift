import Glibc

/// Draws the order anew for each seed, so that lists change from visit to visit: better candidates come first more often.
///
/// Each candidate's logarithm of the score gets Gumbel noise times the temperature, which draws without replacement in
/// proportion to score^(1/temperature) (Plackett-Luce; Kool, van Hoof and Welling 2019). A candidate's noise depends on seed and
/// item alone, so that it stays where it was when others come and go. Scores stay as they were; those of zero or less
/// keep their order behind the others.
public struct SeededRotation: Reranker {
    /// Where the noise starts, such as a hash of user and day.
    public let seed: UInt64
    /// How much the order changes, not negative; zero changes nothing.
    public let temperature: Float

    /// Creates the step; throws `invalidParameter`.
    public init(seed: UInt64, temperature: Float = 0.1) throws(RecommenderError) {
        guard temperature >= 0, temperature.isFinite else {
            throw RecommenderError(.invalidParameter, "temperature \(temperature)")
        }
        self.seed = seed
        self.temperature = temperature
    }

    /// The list in the drawn order.
    public func rerank(_ candidates: [Candidate]) -> [Candidate] {
        guard temperature > 0 else { return candidates }
        let drawn = candidates.filter { $0.score > 0 }.enumerated().map { place, candidate in
            var random = RandomSource(
                seed: seed ^ (UInt64(truncatingIfNeeded: candidate.item) &* 0xD1B5_4A32_D192_ED03)
            )
            _ = random.next()
            let uniform = max(random.uniform(), 0x1p-25)
            return (place, candidate, logf(candidate.score) - temperature * logf(-logf(uniform)))
        }
        return drawn.sorted { ($0.2, $1.0) > ($1.2, $0.0) }.map(\.1) + candidates.filter { $0.score <= 0 }
    }
}
