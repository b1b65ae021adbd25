import Glibc

/// Skip-gram with negative sampling, one step at a time (Mikolov, Sutskever, Chen, Corrado and Dean 2013).
///
/// Vectors are rows of lanes; what does not fill the last lanes stays zero.
struct SkipGram {
    typealias Lanes = SIMD8<Float>

    private let lanesPerRow: Int
    /// What stands for an item when it is looked at.
    private var inputs: [Lanes]
    /// What stands for an item when it is near another one.
    private var outputs: [Lanes]
    private var change: [Lanes]

    /// Inputs uniform in ±.5 / dimension, outputs zero.
    init(itemCount: Int, dimension: Int, random: inout RandomSource) {
        lanesPerRow = (dimension + 7) / 8
        inputs = [Lanes](repeating: .zero, count: itemCount * lanesPerRow)
        outputs = inputs
        change = [Lanes](repeating: .zero, count: lanesPerRow)
        for item in 0..<itemCount {
            for component in 0..<dimension {
                inputs[item * lanesPerRow + component / 8][component % 8] = (random.uniform() - 0.5) / Float(dimension)
            }
        }
    }

    /// The input vector of an item, without padding.
    func vector(of item: Int, dimension: Int) -> [Float] {
        (0..<dimension).map { inputs[item * lanesPerRow + $0 / 8][$0 % 8] }
    }

    /// A step along the gradient for an item, another one that was near it, and random ones that were not.
    mutating func learn(
        _ item: Int,
        near: Int,
        against table: AliasTable,
        count: Int,
        rate: Float,
        _ random: inout RandomSource
    ) {
        let width = lanesPerRow
        inputs.withUnsafeMutableBufferPointer { inputs in
            outputs.withUnsafeMutableBufferPointer { outputs in
                change.withUnsafeMutableBufferPointer { change in
                    let input = item * width
                    for lane in 0..<width { change[lane] = .zero }
                    for sample in 0...count {
                        let other = sample == 0 ? near : table.draw(&random)
                        if sample > 0, other == near { continue }
                        let output = other * width
                        var products = Lanes.zero
                        for lane in 0..<width { products += inputs[input + lane] * outputs[output + lane] }
                        let probability = 1 / (1 + expf(-products.sum()))
                        let step = rate * ((sample == 0 ? 1 : 0) - probability)
                        for lane in 0..<width {
                            change[lane] += step * outputs[output + lane]
                            outputs[output + lane] += step * inputs[input + lane]
                        }
                    }
                    for lane in 0..<width { inputs[input + lane] += change[lane] }
                }
            }
        }
    }
}
