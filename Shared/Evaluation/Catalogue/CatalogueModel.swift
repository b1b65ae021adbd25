public import Recommenders

/// A model as the command knows it: a name, its parameters and a way to fit it.
public struct CatalogueModel: Sendable {
    /// What it is called.
    public let name: String
    /// What it is, with the paper, in one line.
    public let summary: String
    /// Whether it learns from sessions in their order.
    public let isSequential: Bool
    /// Its hyper-parameters.
    public let parameters: [ParameterSpec]
    /// Whether it needs data about the items.
    public let needsContent: Bool
    /// The models that it is made of; empty for all but hybrids.
    public let sources: [String]
    private let prepare: @Sendable (TrainingData, FoundValues, FitContext) throws -> PreparedModel

    /// Learns from training data.
    public func fit(_ training: TrainingData, _ values: ParameterValues, _ context: FitContext) throws -> FittedModel {
        try prepare(training, found: [:], context).fit(values, context)
    }

    /// Does what any hyper-parameters have in common; `found` are the values of other models that were evaluated before,
    /// which a hybrid fits its sources with.
    public func prepare(
        _ training: TrainingData,
        found: FoundValues,
        _ context: FitContext
    ) throws -> PreparedModel {
        try prepare(training, found, context)
    }

    /// A model of histories.
    static func history<Model: Recommender>(
        _ name: String,
        _ summary: String,
        _ parameters: [ParameterSpec],
        _ type: Model.Type,
        _ configure: @escaping @Sendable (ParameterValues) throws -> Model.Parameters
    ) -> CatalogueModel {
        CatalogueModel(name, summary, parameters) { training, values, context in
            .history(try Model.fit(try training.matrix(), parameters: try configure(values), context: context))
        }
    }

    /// A model of sessions.
    static func session<Model: SessionRecommender>(
        _ name: String,
        _ summary: String,
        _ parameters: [ParameterSpec],
        _ type: Model.Type,
        _ configure: @escaping @Sendable (ParameterValues) throws -> Model.Parameters
    ) -> CatalogueModel {
        CatalogueModel(name, summary, parameters, isSequential: true) { training, values, context in
            .session(try Model.fit(try training.sessions(), parameters: try configure(values), context: context))
        }
    }

    init(
        _ name: String,
        _ summary: String,
        _ parameters: [ParameterSpec],
        isSequential: Bool = false,
        needsContent: Bool = false,
        fit: @escaping @Sendable (TrainingData, ParameterValues, FitContext) throws -> FittedModel
    ) {
        self.init(
            preparing: name,
            summary,
            parameters,
            isSequential: isSequential,
            needsContent: needsContent
        ) { training, _, _ in
            PreparedModel { values, context in try fit(training, values, context) }
        }
    }

    /// A model whose fits with different values share a first step.
    init(
        preparing name: String,
        _ summary: String,
        _ parameters: [ParameterSpec],
        isSequential: Bool = false,
        needsContent: Bool = false,
        sources: [String] = [],
        prepare: @escaping @Sendable (TrainingData, FoundValues, FitContext) throws -> PreparedModel
    ) {
        self.name = name
        self.summary = summary
        self.isSequential = isSequential
        self.parameters = parameters
        self.needsContent = needsContent
        self.sources = sources
        self.prepare = prepare
    }
}

/// The values that models had, by their names.
public typealias FoundValues = [String: ParameterValues]

/// A model that has seen its training data and waits for its hyper-parameters.
public struct PreparedModel: Sendable {
    private let fitting: @Sendable (ParameterValues, FitContext) throws -> FittedModel

    init(_ fitting: @escaping @Sendable (ParameterValues, FitContext) throws -> FittedModel) {
        self.fitting = fitting
    }

    /// Finishes the fit.
    public func fit(_ values: ParameterValues, _ context: FitContext) throws -> FittedModel {
        try fitting(values, context)
    }
}
