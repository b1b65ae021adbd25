/// What is to be evaluated, and how.
public struct EvaluationPlan: Sendable {
    /// A search for the best hyper-parameters of each model, on validation data inside the training data.
    public struct Tuning: Sendable {
        /// How values are proposed.
        public var method: ParameterSearch.Method
        /// How many are tried, the standard values first.
        public var trials: Int

        /// Creates a search.
        public init(_ method: ParameterSearch.Method, trials: Int = 30) {
            self.method = method
            self.trials = trials
        }
    }

    /// A model with the values that were asked for.
    public struct Candidate: Sendable {
        /// The model.
        public var model: CatalogueModel
        /// Its hyper-parameters.
        public var values: ParameterValues
        /// Which of them a search leaves alone.
        public var fixed: Set<String>

        /// A model with its standard values, changed by assignments of the form `parameter=value`.
        public init(_ model: CatalogueModel, set assignments: [String] = []) throws(ModelError) {
            self.model = model
            values = ParameterValues(model.parameters)
            fixed = []
            for assignment in assignments {
                try values.set(assignment)
                let name = assignment.prefix { $0 != "=" }.lowercased()
                if let spec = model.parameters.first(where: { $0.name.lowercased() == name }) {
                    fixed.insert(spec.name)
                }
            }
        }
    }

    /// The models.
    public var candidates: [Candidate]
    /// The divisions of the data.
    public var folds: [Fold]
    /// How they came about, for validation.
    public var split: Split
    /// Whether training and test data came as separate files.
    public var wasGiven: Bool
    /// The lengths of list that are measured.
    public var cutoffs: [Int]
    /// What decides: models are ordered, compared and tuned by it.
    public var metric: MetricName
    /// The search, if any.
    public var tuning: Tuning?
    /// Where random numbers start.
    public var seed: UInt64
    /// How many threads work.
    public var workers: Int

    /// Creates a plan; the cutoff of the metric is measured, too.
    public init(
        candidates: [Candidate],
        folds: [Fold],
        split: Split,
        wasGiven: Bool,
        cutoffs: [Int],
        metric: MetricName,
        tuning: Tuning? = nil,
        seed: UInt64 = 42,
        workers: Int = 1
    ) {
        self.candidates = candidates
        self.folds = folds
        self.split = split
        self.wasGiven = wasGiven
        self.cutoffs = Set(cutoffs + (metric.measure == nil ? [] : [metric.cutoff])).sorted()
        self.metric = metric
        self.tuning = tuning
        self.seed = seed
        self.workers = workers
    }
}

/// How far an evaluation is.
public struct EvaluationProgress: Hashable, Sendable {
    /// The model at work.
    public var model: String
    /// What is being done with it.
    public var step: String
    /// The finished share of the whole evaluation.
    public var share: Double

    /// Creates a progress.
    public init(model: String, step: String, share: Double) {
        self.model = model
        self.step = step
        self.share = share
    }
}
