import Glibc

/// Dunning's log-likelihood ratio (1993) of how often two things happen together, as Mahout computes it.
///
/// Zero when they meet as often as chance would have it, large when they meet much more, or much less, often. The terms
/// n·ln n are looked up, because each of millions of pairs needs four.
struct LogLikelihoodRatio: Sendable {
    private let population: Int
    private let terms: [Double]

    /// How many terms are kept: for larger populations the rest is computed when needed.
    private static let largestTable = 1 << 22

    /// Prepares tables of `population` observations (users, for instance).
    init(population: Int) {
        self.population = population
        terms = (0...min(population, Self.largestTable)).map(Self.computed)
    }

    /// The ratio of two things that happened `first` and `second` times, `together` of them at once.
    func callAsFunction(together: Int, first: Int, second: Int) -> Double {
        let neither = population - first - second + together
        let matrix = term(together) + term(first - together) + term(second - together) + term(neither)
        let rows = term(first) + term(population - first)
        let columns = term(second) + term(population - second)
        return max(0, 2 * (term(population) + matrix - rows - columns))
    }

    private func term(_ count: Int) -> Double {
        terms.indices.contains(count) ? terms[count] : Self.computed(count)
    }

    private static func computed(_ count: Int) -> Double {
        count > 0 ? Double(count) * log(Double(count)) : 0
    }
}
