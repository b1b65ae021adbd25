/// Gradient-boosted trees that rank the rows of a request (LambdaMART: Burges 2010), fitted by XGBoost.
///
/// A value without C memory: fitted or decoded once, then free to be used by any number of threads. Scores are computed in
/// Swift from the trees; ``contributions(_:)`` loads the model into the library.
public struct LambdaMARTRanker: Hashable, Sendable {
    /// What the columns mean.
    public let featureNames: [String]
    /// Features by what they took from the loss, largest first, ties by name; those that no tree asks for are last, with zero.
    public let importances: [FeatureImportance]
    /// NDCG on the validation data; `nil` without.
    public let validationGain: Double?

    let model: [UInt8]
    private let trees: TreeEnsemble

    /// How many trees there are.
    public var treeCount: Int { trees.trees.count }

    init(featureNames: [String], model: [UInt8], validationGain: Double?) throws(RankingError) {
        let (trees, gains) = try TreeEnsemble.read(json: model, width: featureNames.count)
        self.featureNames = featureNames
        self.model = model
        self.validationGain = validationGain
        self.trees = trees
        var importances = featureNames.map { FeatureImportance(name: $0, gain: 0, splits: 0) }
        for (column, gain) in gains {
            importances[column].gain += gain
            importances[column].splits += 1
        }
        self.importances = importances.sorted { $0.gain != $1.gain ? $0.gain > $1.gain : $0.name < $1.name }
    }

    /// Learns from `training`; with `validation` the fit ends when its NDCG has not risen for a while, and the trees up to
    /// the best one are kept.
    ///
    /// Blocks the calling thread for seconds to minutes; `isCancelled` is asked before every tree. Throws `invalidParameter`,
    /// `nothingToLearn`, `otherFeatures` when the two do not have the same features, `cancelled`, `library`.
    public static func fit(
        _ training: RankingData,
        validation: RankingData? = nil,
        parameters: RankerParameters = RankerParameters(),
        isCancelled: () -> Bool = { Task.isCancelled }
    ) throws(RankingError) -> LambdaMARTRanker {
        try parameters.validate()
        guard training.isInformative else { throw RankingError(.nothingToLearn, "no group has a relevant row") }
        guard validation?.featureNames ?? training.featureNames == training.featureNames else {
            throw RankingError(.otherFeatures, "the validation data have other features than the training data")
        }
        let rows = try BoosterData(training, threads: parameters.threads)
        // Data without a relevant row cannot tell when to stop.
        let judge = validation.flatMap { $0.isInformative ? $0 : nil }
        var asked: BoosterData?
        if let judge { asked = try BoosterData(judge, threads: parameters.threads) }
        let booster = try Booster(parameters: parameters, data: [rows] + (asked.map { [$0] } ?? []))
        var best: (rounds: Int, gain: Double)?
        for round in 0..<parameters.rounds {
            if isCancelled() { throw RankingError(.cancelled, "the fit was cancelled") }
            try booster.grow(round: round, on: rows)
            guard let judge, let asked else { continue }
            let gain = RankingGain.mean(
                scores: try booster.margins(asked),
                labels: judge.labels,
                groups: judge.groups,
                cutoff: parameters.cutoff
            )
            if gain > best?.gain ?? -1 { best = (round + 1, gain) }
            if let best, round + 1 - best.rounds >= parameters.patience { break }
        }
        let kept = try best.map { found throws(RankingError) in try booster.prefix(found.rounds) } ?? booster
        return try LambdaMARTRanker(
            featureNames: training.featureNames,
            model: try kept.model(),
            validationGain: best?.gain
        )
    }

    /// One score per row, higher ranks higher; `features` is row-major in the order of ``featureNames``, `NaN` unknown.
    ///
    /// Throws `invalidData` when the numbers are not whole rows.
    public func scores(_ features: [Float]) throws(RankingError) -> [Float] {
        try checkWidth(features)
        return trees.scores(features)
    }

    /// Why each row has its score; loads the model into the library, so ask for what is shown only.
    ///
    /// Throws `invalidData` when the numbers are not whole rows, `library`.
    public func contributions(_ features: [Float]) throws(RankingError) -> [ScoreContributions] {
        try checkWidth(features)
        guard !features.isEmpty else { return [] }
        let width = featureNames.count
        let data = try BoosterData(features: features, width: width, threads: 1)
        let values = try Booster(model: model).contributions(data)
        return (0..<features.count / width).map { row in
            let own = values[row * (width + 1)..<(row + 1) * (width + 1)]
            return ScoreContributions(values: Array(own.dropLast()), bias: own[own.endIndex - 1])
        }
    }

    private func checkWidth(_ features: [Float]) throws(RankingError) {
        guard features.count.isMultiple(of: featureNames.count) else {
            throw RankingError(.invalidData, "\(features.count) numbers are no rows of \(featureNames.count) features")
        }
    }
}
