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
    private let fit: @Sendable (TrainingData, ParameterValues, FitContext) throws -> FittedModel

    /// Learns from training data.
    public func fit(_ training: TrainingData, _ values: ParameterValues, _ context: FitContext) throws -> FittedModel {
        try fit(training, values, context)
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
        self.name = name
        self.summary = summary
        self.isSequential = isSequential
        self.parameters = parameters
        self.needsContent = needsContent
        self.fit = fit
    }
}
