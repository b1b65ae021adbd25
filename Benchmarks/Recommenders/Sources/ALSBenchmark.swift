import Foundation
import Glibc
import Recommenders

/// The time to reach a loss, beside a library that hands over its own result as files.
///
/// The objective is that of Hu, Koren and Volinsky, with `objective=weighted` that of Spark MLlib.
///
/// `als FOLDER factors=64 alpha=10 regularization=.01 workers=2 iterations=8 …` reads the matrix from `FOLDER`
/// (`offsets.i64`, `columns.i32`, `values.f32`, little-endian; `shape.txt`), fits and prints seconds, CPU seconds and loss.
/// `als-reach` does that with 1, 2, … iterations until the loss is at most `target=`. `als-top` measures one user at a time.
/// `als-loss FOLDER factors=… users=FILE items=FILE` prints the loss of factors that another library fitted.
enum ALSBenchmark {
    static func fit(_ arguments: [String]) throws {
        let run = try Run(arguments)
        let matrix = try run.matrix()
        let factorization = try Measured {
            try ALSFactorization.fit(matrix, parameters: run.parameters, context: run.context)
        }
        try run.report(
            factorization,
            loss: ALSLoss(matrix, parameters: run.parameters).value(
                users: factorization.value.userFactors,
                items: factorization.value.model.itemFactors
            )
        )
    }

    /// One fit after the other with 1, 2, … iterations, until the loss is at most `target`.
    static func reach(_ arguments: [String]) throws {
        var run = try Run(arguments)
        let matrix = try run.matrix()
        let loss = try ALSLoss(matrix, parameters: run.parameters)
        for iterations in 1...run.parameters.iterations {
            run.parameters.iterations = iterations
            let parameters = run.parameters
            let context = run.context
            let measured = try Measured { try ALSFactorization.fit(matrix, parameters: parameters, context: context) }
            let value = try loss.value(
                users: measured.value.userFactors,
                items: measured.value.model.itemFactors
            )
            run.report(measured, loss: value)
            if value <= run.number("target", 0) { return }
        }
    }

    static func loss(_ arguments: [String]) throws {
        let run = try Run(arguments)
        let value = try ALSLoss(run.matrix(), parameters: run.parameters).value(
            users: run.floats(run.text("users", "users.f32")),
            items: run.floats(run.text("items", "items.f32"))
        )
        print("{\"loss\":\(value)}")
    }

    /// Folds users in one after the other and finds their best hundred, with the short way and with all scores.
    ///
    /// Prints the median and the 90th percentile of both in microseconds, and whether the lists are the same.
    static func top(_ arguments: [String]) throws {
        let run = try Run(arguments)
        let matrix = try run.matrix()
        let model = try ALSModel.fit(matrix, parameters: run.parameters, context: run.context)
        let limit = Int(run.number("limit", 100))
        var (short, full) = ([Double](), [Double]())
        var areSame = true
        let users = (0..<matrix.userCount).filter { !matrix.byUser.range(of: $0).isEmpty }
        for user in users.prefix(Int(run.number("users", 2000))) {
            let history = matrix.byUser.entries(of: user)
            let seen = ItemSet(history.map(\.item))
            let best = try microseconds(&short) { try model.scorer(for: history).top(limit, excluding: seen) }
            let all: any HistoryScorer = try model.scorer(for: history)
            let expected = microseconds(&full) { all.top(limit, excluding: seen) }
            areSame = areSame && best == expected
        }
        print(
            "{\"items\":\(matrix.itemCount),\"factors\":\(run.parameters.factors),\"p50\":\(percentile(short, 50)),"
                + "\"p90\":\(percentile(short, 90)),\"allScoresP50\":\(percentile(full, 50)),"
                + "\"allScoresP90\":\(percentile(full, 90)),\"same\":\(areSame)}"
        )
    }

    private static func microseconds<Result>(_ times: inout [Double], _ body: () throws -> Result) rethrows -> Result {
        let start = ContinuousClock.now
        let result = try body()
        times.append(Double((ContinuousClock.now - start).components.attoseconds) * 1e-12)
        return result
    }

    /// The most memory this process has had, in MB; zero where the system does not say.
    private static var peakMemory: Double {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) } ?? 0) / 1024
    }

    private static func percentile(_ times: [Double], _ percent: Int) -> Double {
        let sorted = times.sorted()
        return sorted.isEmpty ? 0 : (sorted[min(sorted.count - 1, sorted.count * percent / 100)] * 10).rounded() / 10
    }

    /// What was computed, and how long it took.
    private struct Measured {
        let value: ALSFactorization
        let seconds: Double
        let processorSeconds: Double

        init(_ body: () throws -> ALSFactorization) throws {
            let clock = ContinuousClock()
            let processorBefore = Double(Glibc.clock()) / Double(CLOCKS_PER_SEC)
            let before = clock.now
            value = try body()
            let elapsed = clock.now - before
            seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
            processorSeconds = Double(Glibc.clock()) / Double(CLOCKS_PER_SEC) - processorBefore
        }
    }

    /// The arguments of one run.
    private struct Run {
        var parameters: ALSParameters
        let context: FitContext
        private let folder: URL
        private let named: [String: String]

        init(_ arguments: [String]) throws {
            guard let folder = arguments.first else { throw Malformed(description: "als FOLDER name=value …") }
            self.folder = URL(filePath: folder)
            named = Dictionary(
                arguments.dropFirst().map { argument in
                    let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
                    return (parts[0], parts.count > 1 ? parts[1] : "")
                },
                uniquingKeysWith: { $1 }
            )
            func number(_ name: String, _ missing: Double) -> Double {
                Self.number(arguments, name) ?? missing
            }
            let steps = Int(number("steps", 0))
            let block = Int(number("block", 0))
            parameters = ALSParameters(
                factors: Int(number("factors", 64)),
                iterations: Int(number("iterations", 15)),
                regularization: Float(number("regularization", 0.01)),
                confidence: .linear(alpha: Float(number("alpha", 10))),
                objective: arguments.contains("objective=weighted") ? .weightedRegularization : .confidence,
                solver: number("cholesky", 0) > 0
                    ? .cholesky
                    : block > 0 ? .block(size: block) : steps > 0 ? .conjugateGradient(steps: steps) : .automatic,
                start: arguments.contains("start=spectral") ? .spectral : .published
            )
            context = FitContext(
                seed: UInt64(number("seed", 42)),
                workers: .dispatch(count: Int(number("workers", 2)))
            )
        }

        func report(_ measured: Measured, loss: Double) {
            print(
                "{\"iterations\":\(parameters.iterations),\"seconds\":\(measured.seconds),"
                    + "\"cpu\":\(measured.processorSeconds),\"loss\":\(loss),\"memory\":\(peakMemory)}"
            )
        }

        func number(_ name: String, _ missing: Double) -> Double { named[name].flatMap(Double.init) ?? missing }

        func text(_ name: String, _ missing: String) -> String { named[name] ?? missing }

        private static func number(_ arguments: [String], _ name: String) -> Double? {
            arguments.first { $0.hasPrefix(name + "=") }.flatMap { Double($0.dropFirst(name.count + 1)) }
        }

        func matrix() throws -> InteractionMatrix {
            let shape = try String(contentsOf: folder.appending(path: "shape.txt"), encoding: .utf8)
                .split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
            let offsets: [Int64] = try numbers("offsets.i64")
            let columns: [Int32] = try numbers("columns.i32")
            let values: [Float] = try numbers("values.f32")
            guard shape.count == 2, offsets.count == shape[0] + 1 else { throw Malformed(description: "shape.txt") }
            var interactions: [Interaction] = []
            interactions.reserveCapacity(columns.count)
            for user in 0..<shape[0] {
                for entry in Int(offsets[user])..<Int(offsets[user + 1]) {
                    interactions.append(Interaction(user: user, item: Int(columns[entry]), weight: values[entry]))
                }
            }
            return try InteractionMatrix(userCount: shape[0], itemCount: shape[1], interactions: interactions)
        }

        func floats(_ name: String) throws -> [Float] { try numbers(name) }

        private func numbers<Number: BitwiseCopyable>(_ name: String) throws -> [Number] {
            let data = try Data(contentsOf: folder.appending(path: name))
            return data.withUnsafeBytes { raw in
                (0..<raw.count / MemoryLayout<Number>.size).map {
                    raw.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Number>.size, as: Number.self)
                }
            }
        }
    }

    private struct Malformed: Error, CustomStringConvertible {
        let description: String
    }
}
