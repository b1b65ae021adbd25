/// What a ranker learns from, collected list by list: who was proposed, and who of them was taken afterwards.
///
/// Candidates that were taken are relevant, the others – proposed, not taken – are not. The models that propose and the
/// numbers that describe must be of a time before the user took anything of it.
public struct RankerRows: Hashable, Sendable {
    /// The candidates of one list with what a ranker sees of them.
    public struct Candidates: Hashable, Sendable {
        /// The items, by index, each once.
        public var items: [Int]
        /// One row per item behind each other, `NaN` for what is unknown.
        public var features: [Float]

        /// Creates candidates.
        public init(items: [Int], features: [Float]) {
            self.items = items
            self.features = features
        }
    }

    /// What trees are grown on.
    public private(set) var training: RankingData
    /// What tells when to stop.
    public private(set) var validation: RankingData
    private let validationEvery: Int
    private var requests = 0

    /// Creates rows of nothing; every how-maniest request (at least 2) tells when to stop.
    ///
    /// Throws `invalidData` for no or repeated names.
    public init(featureNames: [String], validationEvery: Int = 5) throws(RankingError) {
        training = try RankingData(featureNames: featureNames)
        validation = training
        self.validationEvery = max(2, validationEvery)
    }

    /// Adds a request; one none of whose candidates was taken teaches nothing and is left out.
    ///
    /// Throws `invalidData` for features that are infinite or no whole rows.
    public mutating func append(_ candidates: Candidates, wanted: Set<Int>) throws(RankingError) {
        requests += 1
        let labels = candidates.items.map { wanted.contains($0) ? Float(1) : 0 }
        guard labels.contains(1) else { return }
        if requests.isMultiple(of: validationEvery) {
            try validation.append(features: candidates.features, labels: labels)
        } else {
            try training.append(features: candidates.features, labels: labels)
        }
    }
}

extension LambdaMARTRanker {
    /// Grows trees on collected rows; blocks the calling thread.
    ///
    /// Throws as ``fit(_:validation:parameters:isCancelled:)`` does.
    public static func fit(
        _ rows: RankerRows,
        parameters: RankerParameters = RankerParameters(),
        isCancelled: () -> Bool = { Task.isCancelled }
    ) throws(RankingError) -> LambdaMARTRanker {
        try fit(rows.training, validation: rows.validation, parameters: parameters, isCancelled: isCancelled)
    }
}
