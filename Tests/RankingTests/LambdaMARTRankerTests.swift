import CXGBoost
import Foundation
import Ranking
import Testing

@Suite struct LambdaMARTRankerTests {
    @Test(arguments: RankerParameters.Objective.allCases)
    func `it learns which feature tells the order`(objective: RankerParameters.Objective) throws {
        let test = try RankingSamples.data(seed: 3)
        let ranker = try LambdaMARTRanker.fit(
            try RankingSamples.data(seed: 1),
            validation: try RankingSamples.data(seed: 2),
            parameters: RankerParameters(objective: objective, rounds: 60)
        )
        let learned = gain(try ranker.scores(test.features), test)
        let byNoise = gain(stride(from: 1, to: test.features.count, by: 3).map { test.features[$0] }, test)
        let ideal = gain(stride(from: 0, to: test.features.count, by: 3).map { test.features[$0] }, test)
        #expect(learned > ideal - 0.08)
        #expect(learned > byNoise + 0.2)
        #expect(ranker.importances.first?.name == "signal")
        #expect(Set(ranker.importances.map(\.name)) == Set(RankingSamples.names))
    }

    @Test func `the fit ends at the round that was best on the validation data`() throws {
        let validation = try RankingSamples.data(seed: 2)
        let parameters = RankerParameters(rounds: 200, patience: 10, learningRate: 0.3)
        let ranker = try LambdaMARTRanker.fit(
            try RankingSamples.data(seed: 1, requests: 20),
            validation: validation,
            parameters: parameters
        )
        #expect(ranker.treeCount < 200)
        let own = gain(try ranker.scores(validation.features), validation)
        #expect(abs(own - (try #require(ranker.validationGain))) < 1e-9)
    }

    @Test func `the same seed gives the same ranker, byte by byte`() throws {
        let data = try RankingSamples.data(seed: 1)
        let parameters = RankerParameters(rounds: 10, rowShare: 0.7, featureShare: 0.7)
        let first = try LambdaMARTRanker.fit(data, parameters: parameters)
        #expect(try LambdaMARTRanker.fit(data, parameters: parameters).encoded() == first.encoded())
        var other = parameters
        other.seed = 43
        #expect(try LambdaMARTRanker.fit(data, parameters: other).encoded() != first.encoded())
    }

    @Test(arguments: [1, 3, 8, 12])
    func `scores are the library's, bit by bit, unknown numbers and thresholds included`(depth: Int) throws {
        let ranker = try LambdaMARTRanker.fit(
            try RankingSamples.data(seed: 4),
            parameters: RankerParameters(rounds: 40, depth: depth, leastWeight: 0.01)
        )
        for count in [0, 1, 7, 8, 9, 300] {
            let rows = RankingSamples.rows(count)
            #expect(try ranker.scores(rows) == libraryScores(ranker, rows))
        }
        let seen = try RankingSamples.data(seed: 4).features
        #expect(try ranker.scores(seen) == libraryScores(ranker, seen))
    }

    @Test func `contributions and bias add up to the score`() throws {
        let ranker = try LambdaMARTRanker.fit(
            try RankingSamples.data(seed: 4),
            parameters: RankerParameters(rounds: 30)
        )
        let rows = RankingSamples.rows(100)
        let scores = try ranker.scores(rows)
        let contributions = try ranker.contributions(rows)
        #expect(contributions.count == 100)
        for (score, own) in zip(scores, contributions) {
            #expect(own.values.count == 3)
            #expect(abs(own.values.reduce(own.bias, +) - score) < 1e-4)
        }
        #expect(try ranker.contributions([]).isEmpty)
    }

    @Test func `a ranker comes back from its bytes as it was`() throws {
        let ranker = try LambdaMARTRanker.fit(
            try RankingSamples.data(seed: 4),
            validation: try RankingSamples.data(seed: 5),
            parameters: RankerParameters(rounds: 20)
        )
        let read = try LambdaMARTRanker(decoding: ranker.encoded())
        #expect(read == ranker)
        let rows = RankingSamples.rows(10)
        #expect(try read.scores(rows) == ranker.scores(rows))
        #expect(try read.contributions(rows) == ranker.contributions(rows))
    }

    @Test func `damaged bytes are refused and never crash`() throws {
        let ranker = try LambdaMARTRanker.fit(
            try RankingSamples.data(seed: 4, requests: 10),
            parameters: RankerParameters(rounds: 2, depth: 2)
        )
        let bytes = ranker.encoded()
        for length in stride(from: 0, to: bytes.count, by: 7) {
            #expect(throws: RankingError.self) { try LambdaMARTRanker(decoding: Array(bytes.prefix(length))) }
        }
        // What leads out of a tree or in a circle must not be walked.
        let text = String(decoding: bytes, as: UTF8.self)
        for (from, to) in [
            (#""left_children":[1,"#, #""left_children":[0,"#), (#""left_children":[1,"#, #""left_children":[99,"#),
            (#""split_indices":["#, #""split_indices":[7,"#), (#""right_children":["#, #""right_children":[-1,"#),
        ] {
            let damaged = text.replacingOccurrences(of: from, with: to)
            #expect(damaged != text)
            #expect(throws: RankingError.self) { try LambdaMARTRanker(decoding: Array(damaged.utf8)) }
        }
        var random = RankingSamples.Random(state: 1)
        for _ in 0..<300 {
            var mutated = bytes
            mutated[Int(random.uniform() * Float(bytes.count))] = UInt8(random.uniform() * 255)
            guard let read = try? LambdaMARTRanker(decoding: mutated) else { continue }
            _ = try read.scores(RankingSamples.rows(3, width: read.featureNames.count))
        }
    }

    @Test func `data and parameters that make no sense are refused`() throws {
        func code(_ body: () throws(RankingError) -> Void) -> RankingError.Code? {
            do { try body() } catch { return error.code }
            return nil
        }
        let data = try RankingSamples.data(seed: 1, requests: 3)
        var flat = try RankingData(featureNames: ["a"])
        try flat.append(features: [1, 2], labels: [0, 0])
        #expect(code { () throws(RankingError) in _ = try LambdaMARTRanker.fit(flat) } == .nothingToLearn)
        #expect(
            code { () throws(RankingError) in _ = try LambdaMARTRanker.fit(data, validation: flat) } == .otherFeatures
        )
        #expect(
            code { () throws(RankingError) in _ = try LambdaMARTRanker.fit(data, parameters: .init(depth: 0)) }
                == .invalidParameter
        )
        #expect(
            code { () throws(RankingError) in _ = try LambdaMARTRanker.fit(data, isCancelled: { true }) } == .cancelled
        )
        #expect(code { () throws(RankingError) in _ = try RankingData(featureNames: ["a", "a"]) } == .invalidData)
        #expect(
            code { () throws(RankingError) in try flat.append(features: [.infinity], labels: [1]) } == .invalidData
        )
        #expect(code { () throws(RankingError) in try flat.append(features: [1], labels: [0.5]) } == .invalidData)
        #expect(code { () throws(RankingError) in try flat.append(features: [1, 2, 3], labels: [1]) } == .invalidData)
        let ranker = try LambdaMARTRanker.fit(data, parameters: .init(rounds: 1))
        #expect(code { () throws(RankingError) in _ = try ranker.scores([1, 2]) } == .invalidData)
    }

    private func gain(_ scores: [Float], _ data: RankingData) -> Double {
        RankingGain.mean(scores: scores, labels: data.labels, groups: data.groups, cutoff: 10)
    }

    /// What XGBoost itself says, asked without any code of ours.
    private func libraryScores(_ ranker: LambdaMARTRanker, _ rows: [Float]) throws -> [Float] {
        guard !rows.isEmpty else { return [] }
        // XGBoost tells whole numbers from others by how they are written, so the bytes are taken as they stand.
        let text = String(decoding: ranker.encoded(), as: UTF8.self)
        let start = try #require(text.range(of: #""model":"#)).upperBound
        let bytes = Array(text[start...].utf8.dropLast())
        var booster: BoosterHandle?
        try #require(XGBoosterCreate(nil, 0, &booster) == 0)
        defer { XGBoosterFree(booster) }
        try #require(XGBoosterLoadModelFromBuffer(booster, bytes, bst_ulong(bytes.count)) == 0)
        var data: DMatrixHandle?
        let width = ranker.featureNames.count
        try #require(XGDMatrixCreateFromMat(rows, bst_ulong(rows.count / width), bst_ulong(width), .nan, &data) == 0)
        defer { XGDMatrixFree(data) }
        var count: bst_ulong = 0
        var values: UnsafePointer<Float>?
        try #require(XGBoosterPredict(booster, data, 1, 0, 0, &count, &values) == 0)
        return Array(UnsafeBufferPointer(start: values, count: Int(count)))
    }
}
