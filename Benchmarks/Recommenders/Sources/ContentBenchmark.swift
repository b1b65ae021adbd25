import Foundation
import Recommenders

/// Times the fit of the content model and a history's scores: `content [ITEMS WORDS DIMENSIONS]`, by default 10,000 items
/// with texts of 50 words and 100 latent dimensions.
///
/// Words come from a vocabulary of 20,000 by Zipf's law. Times are seconds of one processor, so that other load matters
/// little.
enum ContentBenchmark {
    static func run(_ arguments: [String]) throws {
        let numbers = arguments.compactMap { Int($0) } + [10_000, 50, 100].dropFirst(arguments.count)
        guard arguments.count <= 3, numbers.count == 3, numbers[0] > 0, numbers[1] > 0 else {
            print("usage: recommender-benchmarks content [ITEMS WORDS DIMENSIONS]")
            return
        }
        let contents = texts(items: numbers[0], words: numbers[1]).map { ItemContent(text: $0) }
        for dimensions in Set([0, numbers[2]]).sorted() {
            let parameters = ContentParameters(latentDimensions: dimensions)
            let began = processorSeconds()
            let model = try ContentModel.fit(contents, parameters: parameters)
            let fitted = processorSeconds()
            let history = (0..<20).map { WeightedItem(item: $0 * 7 % contents.count) }
            let rounds = 100
            for _ in 0..<rounds { _ = try model.recommend(for: history, limit: 100) }
            let scored = processorSeconds()
            for content in contents.prefix(rounds) { _ = try model.foldIn(content) }
            let folded = processorSeconds()
            print(
                """
                {"benchmark":"content","items":\(numbers[0]),"words":\(numbers[1]),"latentDimensions":\(dimensions),\
                "fitSeconds":\(figure(fitted - began)),\
                "top100Milliseconds":\(figure((scored - fitted) * 1000 / Double(rounds))),\
                "foldInMilliseconds":\(figure((folded - scored) * 1000 / Double(min(rounds, contents.count))))}
                """
            )
        }
    }

    private static func texts(items: Int, words: Int) -> [String] {
        var state: UInt64 = 42
        func uniform() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) * 0x1p-53
        }
        return (0..<items).map { _ in
            (0..<words).map { _ in "word\(Int(pow(20_000, uniform())))" }.joined(separator: " ")
        }
    }

    private static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    private static func figure(_ value: Double) -> String { String(format: "%.4f", value) }
}
