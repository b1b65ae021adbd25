import Recommenders

/// A search for hyper-parameters: proposes values, is told how good they were, proposes better ones.
///
/// The first proposal is the standard values. The same seed and the same answers give the same proposals.
public struct ParameterSearch: Sendable {
    /// How values are proposed.
    public enum Method: String, Hashable, Sendable, CaseIterable {
        /// Uniformly, on each parameter's own scale (Bergstra and Bengio 2012).
        case random
        /// By a tree of Parzen estimators (Bergstra et al. 2011): where the best quarter is dense and the rest is not.
        case tpe
    }

    private let specs: [ParameterSpec]
    private let standard: ParameterValues
    private let method: Method
    private var random: RandomSource
    private var trials: [(values: ParameterValues, score: Double)] = []
    private var proposals = 0

    /// Starts a search; parameters in `fixed` keep the value that `standard` has for them.
    public init(
        _ specs: [ParameterSpec],
        standard: ParameterValues,
        fixed: Set<String> = [],
        method: Method,
        seed: UInt64
    ) {
        self.specs = specs.filter { !fixed.contains($0.name) }
        self.standard = standard
        self.method = method
        random = RandomSource(seed: seed)
    }

    /// Whether there is anything to search.
    public var isEmpty: Bool { specs.isEmpty }

    /// The values to try next.
    public mutating func propose() -> ParameterValues {
        proposals += 1
        guard proposals > 1 else { return standard }
        let isModelled = method == .tpe && trials.count >= 10
        let ordered = trials.sorted { $0.score > $1.score }
        let bestCount = max(2, (ordered.count + 3) / 4)
        var values = standard
        for spec in specs {
            let value: ParameterValue
            if isModelled {
                let seen = ordered.map { $0.values.values[spec.name] ?? spec.standard }
                value = modelled(spec, best: Array(seen.prefix(bestCount)), rest: Array(seen.dropFirst(bestCount)))
            } else {
                value = uniform(spec)
            }
            values.set(spec.name, to: value)
        }
        return values
    }

    /// Tells how good values were; higher is better, and what failed is worst.
    public mutating func report(_ values: ParameterValues, score: Double) {
        trials.append((values, score.isFinite ? score : -.infinity))
    }

    private mutating func uniform(_ spec: ParameterSpec) -> ParameterValue {
        switch ParameterScale(spec.kind) {
        case .line(let kind): ParameterScale.value(at: random.preciseUniform(), of: kind)
        case .words(let words): words[random.index(below: words.count)]
        }
    }

    /// Of 24 candidates from the best ones' density the one whose density among the rest is relatively lowest.
    private mutating func modelled(
        _ spec: ParameterSpec,
        best: [ParameterValue],
        rest: [ParameterValue]
    ) -> ParameterValue {
        switch ParameterScale(spec.kind) {
        case .line(let kind):
            let good = ParzenEstimator(best.map { ParameterScale.place(of: $0, in: kind) })
            let other = ParzenEstimator(rest.map { ParameterScale.place(of: $0, in: kind) })
            var chosen = (place: 0.5, gain: -Double.infinity)
            for _ in 0..<24 {
                let place = good.sample(&random)
                let gain = good.logDensity(place) - other.logDensity(place)
                if gain > chosen.gain { chosen = (place, gain) }
            }
            return ParameterScale.value(at: chosen.place, of: kind)
        case .words(let words):
            func share(_ word: ParameterValue, _ seen: [ParameterValue]) -> Double {
                Double(seen.count { $0 == word } + 1) / Double(seen.count + words.count)
            }
            let candidates = (0..<24).map { _ in draw(words, shares: words.map { share($0, best) }) }
            return candidates.max { share($0, best) / share($0, rest) < share($1, best) / share($1, rest) } ?? words[0]
        }
    }

    private mutating func draw(_ words: [ParameterValue], shares: [Double]) -> ParameterValue {
        var left = random.preciseUniform() * shares.reduce(0, +)
        for (word, share) in zip(words, shares) {
            left -= share
            if left < 0 { return word }
        }
        return words[words.count - 1]
    }
}
