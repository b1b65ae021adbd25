/// What was found out about one model.
public struct ModelReport: Sendable {
    /// One trial of a search.
    public struct Trial: Hashable, Sendable {
        /// The values that were tried.
        public var values: ParameterValues
        /// The metric on validation; `nil` when the model refused the values.
        public var score: Double?
        /// Fitting and asking, in seconds.
        public var seconds: Double
    }

    /// How the lists of one length spread over the catalogue.
    public struct SpreadAt: Hashable, Sendable {
        /// The length of list.
        public var cutoff: Int
        /// Coverage and Gini index.
        public var spread: Spread
    }

    /// The model's name.
    public var name: String
    /// What it is.
    public var summary: String
    /// Whether it learns from sessions in their order.
    public var isSequential: Bool
    /// The values that were used, of each fold.
    public var values: [ParameterValues]
    /// The metrics with their intervals.
    public var metrics: [MetricName: Bootstrap.Interval] = [:]
    /// The metric minus that of the best model, on the same users.
    public var difference: Bootstrap.Interval?
    /// Coverage and Gini index.
    public var spreads: [SpreadAt] = []
    /// The metric on a sample of what the model learned from.
    public var training: Double?
    /// The metric on validation, of the values that were chosen.
    public var validation: Double?
    /// The search, of each fold.
    public var trials: [[Trial]] = []
    /// The time to fit all folds, in seconds.
    public var fitSeconds = 0.0
    /// The time to answer all cases, in seconds.
    public var askSeconds = 0.0
    /// The cases with their lists.
    public var cases: [CaseResult] = []
    /// Why there are no figures.
    public var failure: String?

    /// The metric on the training sample minus that on validation, or where nothing was tuned on the test data.
    public func gap(to test: Double) -> Double? { training.map { $0 - (validation ?? test) } }
}
