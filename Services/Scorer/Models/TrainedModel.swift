import Recommenders

/// A trained model as it serves: the recommenders, and which item is which index.
struct TrainedModel: Sendable {
    /// The name under which the registry keeps it.
    static let name = "blend"

    /// Rises with each publication.
    let version: UInt64
    /// The items' ids by index.
    let itemIDs: [String]
    /// The items' indices by id.
    let index: [String: Int]
    let als: ALSModel
    let cosine: ItemKNNModel
    let popularity: PopularityModel
    private let blend: BlendedRecommender

    /// Puts the parts together; throws when they do not speak of the same items.
    init(
        version: UInt64,
        itemIDs: [String],
        als: ALSModel,
        cosine: ItemKNNModel,
        popularity: PopularityModel
    ) throws(RecommenderError) {
        blend = try BlendedRecommender(als: als, cosine: cosine, popularity: popularity)
        self.version = version
        self.itemIDs = itemIDs
        self.als = als
        self.cosine = cosine
        self.popularity = popularity
        index = Dictionary(zip(itemIDs, 0...), uniquingKeysWith: { first, _ in first })
        guard index.count == als.itemCount else {
            throw RecommenderError(.damagedArtefact, "\(index.count) ids for \(als.itemCount) items")
        }
    }

    /// The same model under another version.
    func withVersion(_ version: UInt64) throws(RecommenderError) -> TrainedModel {
        try TrainedModel(version: version, itemIDs: itemIDs, als: als, cosine: cosine, popularity: popularity)
    }

    /// What a taste means to this model; throws for weights that are not finite.
    func scorer(for taste: Taste) throws(RecommenderError) -> BlendedScorer {
        try blend.scorer(history: taste.history, session: taste.session)
    }
}
