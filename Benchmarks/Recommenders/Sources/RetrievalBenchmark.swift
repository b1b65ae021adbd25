import Foundation
import Recommenders

/// Measures exact and approximate search on vectors in raw files of little-endian `Float`.
///
/// Arguments as `name=value`: `items`, `queries` (files), `dimension`, `limit`, `threads`, `kind` (`exact`, `single`,
/// `hnsw`), `runs`, for HNSW `m`, `efConstruction`, `normQuantile`; `output`, a file for the lists as Int32, minus one
/// where a list is short.
///
/// HNSW builds its graph, then searches once for each `efSearch` that stands on a line of standard input, so that who
/// runs it can take turns with another library.
enum RetrievalBenchmark {
    static func run(_ arguments: [String]) throws {
        let options = Dictionary(
            arguments.map { argument in
                let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
                return (parts[0], parts.count > 1 ? parts[1] : "")
            },
            uniquingKeysWith: { $1 }
        )
        let setup = try Setup(options)
        switch options["kind"] ?? "exact" {
        case "hnsw": try hnsw(setup, options)
        case "single": try single(setup)
        default: try exact(setup)
        }
    }

    private struct Setup {
        var items: DenseVectors
        var queries: DenseVectors
        var limit: Int
        var runs: Int
        var context: FitContext
        var output: String?

        init(_ options: [String: String]) throws {
            let dimension = Int(options["dimension"] ?? "") ?? 64
            items = try DenseVectors(dimension: dimension, values: Self.numbers(options["items"] ?? ""))
            queries = try DenseVectors(dimension: dimension, values: Self.numbers(options["queries"] ?? ""))
            limit = Int(options["limit"] ?? "") ?? 100
            runs = Int(options["runs"] ?? "") ?? 1
            context = FitContext(workers: .dispatch(count: Int(options["threads"] ?? "") ?? 1))
            output = options["output"]
        }

        private static func numbers(_ file: String) throws -> [Float] {
            let data = try Data(contentsOf: URL(filePath: file))
            return data.withUnsafeBytes { bytes in
                stride(from: 0, to: bytes.count / 4 * 4, by: 4).map { offset in
                    Float(
                        bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
                    )
                }
            }
        }

        func write(_ lists: [[ScoredItem]], to file: String) throws {
            var data = Data()
            for list in lists {
                for place in 0..<limit {
                    let item = Int32(place < list.count ? list[place].item : -1)
                    withUnsafeBytes(of: item.littleEndian) { data.append(contentsOf: $0) }
                }
            }
            try data.write(to: URL(filePath: file))
        }
    }

    private static func exact(_ setup: Setup) throws {
        let (index, build) = try measured { try ExactIndex(setup.items) }
        var lists: [[ScoredItem]] = []
        for _ in 0..<setup.runs {
            let (found, search) = try measured {
                try index.search(setup.queries, limit: setup.limit, context: setup.context)
            }
            lists = found
            report(["build": build.wall, "search": search.wall, "cpu": search.processor])
        }
        if let output = setup.output { try setup.write(lists, to: output) }
    }

    /// One query after the other, as a server asks.
    private static func single(_ setup: Setup) throws {
        let index = try ExactIndex(setup.items)
        for _ in 0..<setup.runs {
            var times: [Double] = []
            for query in 0..<setup.queries.count {
                let (_, time) = try measured { try index.search(Array(setup.queries[query]), limit: setup.limit) }
                times.append(time.wall)
            }
            times.sort()
            report(["p50": times[times.count / 2], "p90": times[times.count * 9 / 10]])
        }
    }

    private static func hnsw(_ setup: Setup, _ options: [String: String]) throws {
        let parameters = HNSWParameters(
            m: Int(options["m"] ?? "") ?? 16,
            efConstruction: Int(options["efConstruction"] ?? "") ?? 200,
            normQuantile: Float(options["normQuantile"] ?? "") ?? HNSWParameters().normQuantile
        )
        let (built, build) = try measured {
            try HNSWIndex.build(setup.items, parameters: parameters, queries: setup.queries, context: setup.context)
        }
        report(["build": build.wall, "buildCPU": build.processor])
        while let line = readLine(), let efSearch = Int(line) {
            let index = try built.searching(efSearch: efSearch)
            let (lists, search) = try measured {
                try index.search(setup.queries, limit: setup.limit, context: setup.context)
            }
            if let output = setup.output { try setup.write(lists, to: output) }
            report(["efSearch": Double(efSearch), "search": search.wall, "cpu": search.processor])
        }
    }

    private static func measured<Result>(
        _ body: () throws -> Result
    ) rethrows -> (Result, (wall: Double, processor: Double)) {
        let (start, processor) = (ContinuousClock.now, clock())
        let result = try body()
        let wall = start.duration(to: .now) / .seconds(1)
        return (result, (wall, Double(clock() - processor) / Double(CLOCKS_PER_SEC)))
    }

    /// One line of JSON, with the most memory that the process ever held, in megabytes.
    private static func report(_ figures: [String: Double]) {
        var figures = figures
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        figures["peakMB"] = (peak?.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0) / 1024
        let fields = figures.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }
        print("{\(fields.joined(separator: ", "))}")
        fflush(nil)
    }
}
