/// Everything an evaluation found out, ready to be written.
public struct EvaluationReport: Sendable {
    /// What was evaluated on.
    public struct Data: Hashable, Sendable {
        /// The names of the files, without folders.
        public var files: [String]
        /// Their format.
        public var format: String
        /// Users or sessions.
        public var kind: DataFile.Kind
        /// How the data were divided, in words.
        public var split: String
        /// Users or sessions with anything to learn from (of all folds, each once).
        public var sources: Int
        /// Items, those without training data among them.
        public var items: Int
        /// Pairs, or clicks, to learn from.
        public var trainingEntries: Int
        /// Questions that were asked.
        public var cases: Int
        /// What a reader should know about the data.
        public var notes: [String]

        /// Counts what the folds hold.
        public init(files: [String], format: String, split: String, folds: [Fold], notes: [String]) {
            self.files = files
            self.format = format
            self.split = split
            self.notes = notes
            kind = folds.first?.trainingEntries.kind ?? .histories
            var known: Set<Int> = []
            for fold in folds {
                known.formUnion(fold.training.visits.indices.filter { !fold.training.visits[$0].isEmpty })
            }
            sources = known.count
            items = folds.first?.training.itemCount ?? 0
            let entries = folds.map { $0.training.visits.reduce(0) { $0 + $1.count } }
            trainingEntries = entries.isEmpty ? 0 : entries.reduce(0, +) / entries.count
            cases = folds.reduce(0) { $0 + $1.cases.count }
        }
    }

    /// The data.
    public var data: Data
    /// What decided.
    public var metric: MetricName
    /// The lengths of list.
    public var cutoffs: [Int]
    /// Where random numbers started.
    public var seed: UInt64
    /// The search, in words; `nil` without one.
    public var tuning: String?
    /// The models, best first; those that failed last.
    public var models: [ModelReport]

    /// Puts a report together.
    public init(data: Data, plan: EvaluationPlan, models: [ModelReport]) {
        self.data = data
        self.models = models
        metric = plan.metric
        cutoffs = plan.cutoffs
        seed = plan.seed
        tuning = plan.tuning.map {
            "\($0.method.rawValue), \($0.trials) trials per model, by \(plan.metric) on validation"
        }
    }

    /// Models with figures, best first.
    var ranked: [ModelReport] { models.filter { $0.failure == nil } }

    /// One line per list: the case, a tab, and the items in their order, in the ids of the data.
    public static func predictions(of model: ModelReport, itemIDs: [String]) -> String {
        var text = ""
        for result in model.cases {
            text += "\(result.id)\t"
            text += result.list.map { itemIDs[$0] }.joined(separator: " ")
            text += "\n"
        }
        return text
    }
}

extension ModelReport {
    /// The values of a fold as `name value, name value`.
    var settings: String {
        guard let first = values.first else { return "" }
        return first.ordered.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
    }
}
