import CXGBoost
import Foundation
import Ranking

/// Times the scores of a request of 300 candidates and 20 features with 100 trees: `ranker`.
///
/// Our walk through the trees beside XGBoost's in-place prediction with one thread, both asked for the same rows; the two must
/// give the same floats. Microseconds of processor time per request, the median of nine rounds.
enum RankerBenchmark {
    private static let candidates = 300
    private static let width = 20

    static func run(_ arguments: [String]) throws {
        var state: UInt64 = 42
        func uniform() -> Float {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(state >> 40) * 0x1p-24
        }
        var data = try RankingData(featureNames: (0..<width).map { "feature-\($0)" })
        for _ in 0..<200 {
            let rows = (0..<candidates * width).map { _ in uniform() < 0.2 ? Float.nan : uniform() }
            let labels = (0..<candidates).map { row in
                let sum = rows[row * width..<row * width + 6].reduce(Float.zero) { $0 + ($1.isNaN ? 0.3 : $1) }
                return uniform() < sum * sum / 60 ? Float(1) : 0
            }
            try data.append(features: rows, labels: labels)
        }
        for depth in [3, 4, 6, 8] {
            let parameters = RankerParameters(rounds: 100, depth: depth)
            let began = processorSeconds()
            let ranker = try LambdaMARTRanker.fit(data, parameters: parameters)
            let fitted = processorSeconds()
            let requests = (0..<50).map {
                Array(data.features[$0 * candidates * width..<($0 + 1) * candidates * width])
            }
            let library = try LibraryRanker(ranker)
            for request in requests where try ranker.scores(request) != library.scores(request) {
                throw Complaint("the library has other scores")
            }
            let own = try median { for request in requests { _ = try ranker.scores(request) } }
            let theirs = try median { for request in requests { _ = try library.scores(request) } }
            let explained = try median { _ = try ranker.contributions(Array(requests[0].prefix(10 * width))) }
            print(
                """
                {"benchmark":"ranker","depth":\(depth),"trees":\(ranker.treeCount),\
                "fitSeconds":\(String(format: "%.2f", fitted - began)),\
                "microseconds":\(String(format: "%.1f", own * 1e6 / 50)),\
                "libraryMicroseconds":\(String(format: "%.1f", theirs * 1e6 / 50)),\
                "explainTenMicroseconds":\(String(format: "%.1f", explained * 1e6))}
                """
            )
        }
    }

    private static func median(_ body: () throws -> Void) rethrows -> Double {
        let rounds = try (0..<9).map { _ in
            let start = processorSeconds()
            try body()
            return processorSeconds() - start
        }
        return rounds.sorted()[4]
    }

    private static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}

struct Complaint: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// The same trees inside the library, asked in place.
private final class LibraryRanker {
    private let booster: BoosterHandle
    private let width: Int

    init(_ ranker: LambdaMARTRanker) throws {
        // XGBoost tells whole numbers from others by how they are written, so the bytes are taken as they stand.
        let text = String(decoding: ranker.encoded(), as: UTF8.self)
        guard let start = text.range(of: #""model":"#)?.upperBound else { throw Complaint("there is no model") }
        let bytes = Array(text[start...].utf8.dropLast())
        var handle: BoosterHandle?
        XGBoosterCreate(nil, 0, &handle)
        guard let handle else { throw Complaint("there is no booster") }
        booster = handle
        width = ranker.featureNames.count
        XGBoosterSetParam(booster, "nthread", "1")
        guard XGBoosterLoadModelFromBuffer(booster, bytes, bst_ulong(bytes.count)) == 0 else {
            throw Complaint(String(cString: XGBGetLastError()))
        }
    }

    deinit { XGBoosterFree(booster) }

    func scores(_ rows: [Float]) throws -> [Float] {
        try rows.withUnsafeBufferPointer { buffer in
            let address = UInt(bitPattern: buffer.baseAddress)
            let array =
                #"{"data":[\#(address),true],"shape":[\#(rows.count / width),\#(width)],"typestr":"<f4","version":3}"#
            let request =
                #"{"type":1,"training":false,"iteration_begin":0,"iteration_end":0,"strict_shape":false,"missing":NaN}"#
            var shape: UnsafePointer<bst_ulong>?
            var dimensions: bst_ulong = 0
            var values: UnsafePointer<Float>?
            guard XGBoosterPredictFromDense(booster, array, request, nil, &shape, &dimensions, &values) == 0 else {
                throw Complaint(String(cString: XGBGetLastError()))
            }
            return Array(UnsafeBufferPointer(start: values, count: rows.count / width))
        }
    }
}
