import Events
public import Ranking
public import Recommenders
public import Scoring

/// Fits the models of a plan to one training set: the blocking part of a training, for a thread of its own.
public struct BundleFit: Sendable {
    private let plan: TrainingPlan

    /// Fits the models of a plan.
    public init(plan: TrainingPlan) {
        self.plan = plan
    }

    /// Fits all models; `contents` describes items by id, what is missing has no description.
    ///
    /// `begin` is told the name of each step when it begins: the caller has the clock.
    ///
    /// Throws `cancelled` soon after the context says so. A model that cannot be made of this data, such as an autoencoder of
    /// more items than its memory allows, is an error: the plan asked for it.
    public func callAsFunction(
        _ set: TrainingSet,
        contents: [String: ItemContent] = [:],
        ranker: LambdaMARTRanker? = nil,
        context: FitContext = FitContext(),
        begin: (_ step: String) -> Void = { _ in }
    ) throws(RecommenderError) -> ModelBundle {
        begin("popularity")
        var models = ModelBundle.Models(popularity: try PopularityModel(sums: set.popularity), ranker: ranker)
        if let parameters = plan.models.als {
            begin("als")
            let fitted = try ALSModel.fit(set.matrix, parameters: parameters, context: context)
            // What is measured is what can be read back.
            models.als = plan.models.quantizesFactors ? try QuantizedFactors(fitted).model : fitted
            models.quantizesFactors = plan.models.quantizesFactors
        }
        if let parameters = plan.models.neighbours {
            begin("neighbours")
            models.neighbours = try ItemKNNModel.fit(set.matrix, parameters: parameters, context: context)
        }
        if let parameters = plan.models.ease {
            begin("ease")
            models.ease = try EASEModel.fit(set.matrix, parameters: parameters, context: context)
                .keeping(plan.models.easeKeeps)
        }
        if let parameters = plan.models.sessions, let log = set.sessions {
            begin("sessions")
            models.sessions = try VMISKNNModel.fit(log, parameters: parameters, context: context)
        }
        if let parameters = plan.models.sequences, let log = set.histories {
            begin("sequences")
            models.sequences = try STANModel.fit(log, parameters: parameters, context: context)
        }
        if let parameters = plan.models.rules, let log = set.histories {
            begin("rules")
            models.rules = try SequentialRulesModel.fit(log, parameters: parameters, context: context)
        }
        let primary = set.primaryKind
        if let parameters = plan.models.cco, let primary, let matrix = set.byKind[primary] {
            begin("cco")
            let others = set.byKind.filter { $0.key != primary }.sorted { $0.key.rawValue < $1.key.rawValue }
            models.cco = try CCOModel.fit(
                matrix,
                secondary: others.map { CCOBehaviour(name: $0.key.name, matrix: $0.value) },
                parameters: parameters,
                context: context
            )
        }
        if let parameters = plan.models.content, !contents.isEmpty {
            begin("content")
            let described = set.itemIDs.map { contents[$0] ?? ItemContent() }
            models.content = try ContentModel.fit(described, parameters: parameters, context: context)
        }
        return try ModelBundle(
            itemIDs: set.itemIDs,
            models: models,
            info: BundleInfo(
                plan: plan.fingerprint,
                windowStart: Timestamp(milliseconds: set.window.lowerBound),
                windowEnd: Timestamp(milliseconds: set.window.upperBound),
                users: set.matrix.userCount,
                items: set.matrix.itemCount,
                interactions: set.matrix.entryCount,
                primaryKind: models.cco == nil ? "" : primary?.name ?? "",
                kinds: plan.kinds.reduce(into: [:]) { $0[$1.key.rawValue] = $1.value.name }
            )
        )
    }
}
