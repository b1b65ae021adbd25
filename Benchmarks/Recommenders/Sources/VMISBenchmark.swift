import Dispatch
import Foundation
import Recommenders

/// Times every prediction of VMIS-kNN over all prefixes of the test sessions: `vmis TRAIN TEST`, both files tab-separated
/// `SessionId ItemId Time` behind a header.
///
/// One line per configuration: percentiles of the microseconds that a prediction of 20 items takes, over all predictions of
/// twenty rounds.
enum VMISBenchmark {
    private struct Usage: Error, CustomStringConvertible {
        let description = "usage: recommender-benchmarks vmis TRAIN TEST"
    }

    static func run(_ arguments: [String]) throws {
        guard arguments.count == 2 else { throw Usage() }
        let past = try sessions(in: arguments[0])
        let open = try sessions(in: arguments[1])
        let itemCount = 1 + (past + open).lazy.joined().reduce(0) { max($0, $1.item) }
        let log = try SessionLog(itemCount: itemCount, sessions: past)
        let test = try SessionLog(itemCount: itemCount, sessions: open)
        let prefixes = (0..<test.count).flatMap { session in
            let items = test[session].map(\.item)
            return (1..<max(1, items.count)).map { Array(items[..<$0]) }
        }
        for parameters in [
            VMISKNNParameters(),
            VMISKNNParameters(recentSessions: 1502, neighbours: 288, lastClicks: 4, idfWeight: 2),
        ] {
            let began = DispatchTime.now().uptimeNanoseconds
            let model = try VMISKNNModel.fit(log, parameters: parameters)
            let fitted = DispatchTime.now().uptimeNanoseconds
            let times = try measure(model, prefixes)
            let figures = [0.5, 0.9, 0.99].map { String(format: "%.2f", percentile($0, of: times)) }
            print(
                """
                {"benchmark":"vmis","m":\(parameters.recentSessions),"k":\(parameters.neighbours),\
                "lastClicks":\(parameters.lastClicks),"predictions":\(prefixes.count),\
                "fitMilliseconds":\(String(format: "%.1f", Double(fitted - began) / 1e6)),\
                "p50Microseconds":\(figures[0]),"p90Microseconds":\(figures[1]),"p99Microseconds":\(figures[2])}
                """
            )
        }
    }

    /// Microseconds of each prediction: twenty rounds after a first one that warms the caches.
    private static func measure(_ model: VMISKNNModel, _ prefixes: [[Int]]) throws -> [Double] {
        var times: [Double] = []
        times.reserveCapacity(20 * prefixes.count)
        for round in 0...20 {
            for prefix in prefixes {
                let began = DispatchTime.now().uptimeNanoseconds
                let list = try model.recommend(after: prefix, limit: 20)
                let ended = DispatchTime.now().uptimeNanoseconds
                precondition(list.count <= 20)
                if round > 0 { times.append(Double(ended - began) / 1000) }
            }
        }
        return times.sorted()
    }

    /// The nearest rank.
    private static func percentile(_ share: Double, of sorted: [Double]) -> Double {
        guard !sorted.isEmpty else { return .nan }
        return sorted[max(0, Int((share * Double(sorted.count)).rounded(.up)) - 1)]
    }

    private static func sessions(in file: String) throws -> [[SessionLog.Click]] {
        var sessions: [[SessionLog.Click]] = []
        var numbers: [Substring: Int] = [:]
        for line in try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").dropFirst() {
            let fields = line.split(separator: "\t")
            guard fields.count == 3, let item = Int(fields[1]), let seconds = Double(fields[2]) else { continue }
            let number = numbers[fields[0], default: sessions.count]
            if number == sessions.count {
                numbers[fields[0]] = number
                sessions.append([])
            }
            sessions[number].append(SessionLog.Click(item: item, seconds: seconds))
        }
        return sessions
    }
}
