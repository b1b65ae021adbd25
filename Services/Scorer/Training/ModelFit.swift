import Recommenders
import Scoring

/// Fits all models to one training set: the blocking part of training, for a thread of its own.
struct ModelFit: Sendable {
    var als = ALSParameters()
    var neighbours = NeighbourhoodParameters()

    /// Throws `cancelled` soon after the context says so.
    func callAsFunction(
        _ set: TrainingSet,
        context: FitContext
    ) throws(RecommenderError) -> ModelBundle {
        try ModelBundle(
            itemIDs: set.itemIDs,
            models: ModelBundle.Models(
                als: ALSModel.fit(set.matrix, parameters: als, context: context),
                neighbours: ItemKNNModel.fit(set.matrix, parameters: neighbours, context: context),
                popularity: PopularityModel(sums: set.decayedPopularity)
            ),
            info: BundleInfo(
                users: set.matrix.userCount,
                items: set.matrix.itemCount,
                interactions: set.matrix.entryCount
            )
        )
    }
}
