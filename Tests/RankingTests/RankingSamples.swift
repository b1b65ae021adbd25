import Ranking

/// Requests whose right order is known: the more `signal`, the more relevant; `noise` tells nothing.
enum RankingSamples {
    static let names = ["signal", "noise", "sometimes"]

    /// A generator with a seed (linear congruential), enough for samples.
    struct Random {
        var state: UInt64
        mutating func uniform() -> Float {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(state >> 40) * 0x1p-24
        }
    }

    static func data(seed: UInt64, requests: Int = 60, candidates: Int = 30) throws -> RankingData {
        var random = Random(state: seed)
        var data = try RankingData(featureNames: names)
        for _ in 0..<requests {
            var features: [Float] = []
            var labels: [Float] = []
            for _ in 0..<candidates {
                let signal = random.uniform()
                let sometimes: Float = random.uniform() < 0.5 ? .nan : signal
                features += [signal, random.uniform(), sometimes]
                labels.append(random.uniform() < signal * signal * signal ? 1 : 0)
            }
            try data.append(features: features, labels: labels)
        }
        return data
    }

    /// Rows with every kind of number that a feature can have.
    static func rows(_ count: Int, width: Int = names.count, seed: UInt64 = 9) -> [Float] {
        var random = Random(state: seed)
        return (0..<count * width).map { _ in
            let number = random.uniform()
            return number < 0.2 ? .nan : number < 0.25 ? 0 : number * 3 - 1
        }
    }
}
