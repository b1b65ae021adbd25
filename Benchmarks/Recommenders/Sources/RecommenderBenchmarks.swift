/// Measures the recommender library alone: `recommender-benchmarks NAME [argument …]`, one JSON object per line.
@main
struct RecommenderBenchmarks {
    /// The benchmarks by name; each takes the arguments after its name.
    static var all: [String: ([String]) throws -> Void] {
        [
            "als": ALSBenchmark.fit, "als-loss": ALSBenchmark.loss, "als-reach": ALSBenchmark.reach,
            "als-top": ALSBenchmark.top,
            "bundle": SyntheticBundle.write,
            "content": ContentBenchmark.run,
            "ranker": RankerBenchmark.run,
            "retrieval": RetrievalBenchmark.run,
            "scoring": ScoringBenchmark.run,
            "vmis": VMISBenchmark.run,
        ]
    }

    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let name = arguments.first, let benchmark = all[name] else {
            print("usage: recommender-benchmarks NAME [argument …], NAME one of \(all.keys.sorted())")
            return
        }
        try benchmark(Array(arguments.dropFirst()))
    }
}
