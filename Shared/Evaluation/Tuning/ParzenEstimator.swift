import Foundation
import Recommenders

/// The density of places on a line, from places that were seen: a mixture of normal distributions cut off at 0 and 1.
///
/// Each place's width is the larger distance to its neighbours, and one wide component stands for what was believed before
/// anything was seen (Bergstra et al. 2011, section 4).
struct ParzenEstimator {
    private let components: [(mean: Double, width: Double)]

    init(_ places: [Double]) {
        let ordered = places.sorted()
        let narrowest = 1 / Double(min(100, ordered.count + 1))
        components =
            ordered.indices.map { index in
                let left = index > 0 ? ordered[index - 1] : 0
                let right = index + 1 < ordered.count ? ordered[index + 1] : 1
                let width = max(ordered[index] - left, right - ordered[index])
                return (ordered[index], min(1, max(narrowest, width)))
            } + [(0.5, 1)]
    }

    func sample(_ random: inout RandomSource) -> Double {
        let component = components[random.index(below: components.count)]
        for _ in 0..<100 {
            // Box and Muller's transformation; the logarithm needs a number above zero.
            let radius = (-2 * log(1 - random.preciseUniform())).squareRoot()
            let place = component.mean + component.width * radius * cos(2 * .pi * random.preciseUniform())
            if (0...1).contains(place) { return place }
        }
        return random.preciseUniform()
    }

    func logDensity(_ place: Double) -> Double {
        let density = components.reduce(0.0) { sum, component in
            let distance = (place - component.mean) / component.width
            let mass =
                Self.normal((1 - component.mean) / component.width) - Self.normal(-component.mean / component.width)
            return sum + exp(-distance * distance / 2) / (component.width * max(mass, 1e-12))
        }
        return log(max(density / Double(components.count), 1e-300))
    }

    private static func normal(_ value: Double) -> Double { erfc(-value / 2.0.squareRoot()) / 2 }
}
