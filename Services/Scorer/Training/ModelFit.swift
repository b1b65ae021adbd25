import Recommenders

/// Fits all models to one training set: the blocking part of training, for a thread of its own.
struct ModelFit: Sendable {
    var als = ALSParameters()
    var cosine = NeighbourhoodParameters()

    /// Throws `cancelled` soon after the context says so.
    func callAsFunction(
        _ set: TrainingSet,
        version: UInt64,
        context: FitContext
    ) throws(RecommenderError) -> TrainedModel {
        try TrainedModel(
            version: version,
            itemIDs: set.itemIDs,
            als: ALSModel.fit(set.matrix, parameters: als, context: context),
            cosine: ItemKNNModel.fit(set.matrix, parameters: cosine, context: context),
            popularity: PopularityModel(sums: set.decayedPopularity)
        )
    }
}
