/// Recommendations by what items are: text, tags, creators and supplied vectors, no matter who used them.
///
/// Each item is a vector of features (``ContentParameters`` says how much each kind counts); a history scores the items
/// that are like those it consists of. New items get their vectors at once (``foldIn(_:)``, ``adding(_:)``), with the
/// vocabulary, the frequencies and the latent dimensions of the fit. Items of which nothing is known score zero.
public struct ContentModel: Hashable, Sendable {
    let features: ContentFeatures
    let vectors: ItemVectors

    init(features: ContentFeatures, vectors: ItemVectors) {
        self.features = features
        self.vectors = vectors
    }

    /// How the model was fitted.
    public var parameters: ContentParameters { features.parameters }

    /// How many items there are, those without features included.
    public var itemCount: Int { vectors.count }

    /// Learns vocabulary, frequencies and latent dimensions from `contents`, one description per item.
    ///
    /// Throws `emptyMatrix` without items, `invalidContent` for a vector that is not finite or not as long as the others,
    /// `invalidParameter` or `cancelled`.
    public static func fit(
        _ contents: [ItemContent],
        parameters: ContentParameters = ContentParameters(),
        context: FitContext = FitContext()
    ) throws(RecommenderError) -> ContentModel {
        try parameters.validate()
        guard (1...Int(Int32.max)).contains(contents.count) else {
            throw RecommenderError(.emptyMatrix, "\(contents.count) items to describe")
        }
        let vectorLength = contents.lazy.map(\.vector.count).first { $0 > 0 } ?? 0
        for content in contents { try content.validate(vectorLength: vectorLength) }
        let runs = try context.workers.mapChunks(of: contents.count, size: 256, context: context.silent) { range in
            ContentRun(contents[range], parameters: parameters)
        }
        context.progress(0.2)
        var analysis = context
        analysis.progress = { context.progress(0.2 + 0.7 * $0) }
        let features = try ContentFeatures(
            runs: runs,
            vectorLength: vectorLength,
            parameters: parameters,
            context: analysis
        )
        let vectors = try context.workers.mapChunks(of: runs.count, size: 1, context: context.silent) { range in
            range.flatMap { features.vectors(of: runs[$0]) }
        }
        let model = ContentModel(
            features: features,
            vectors: ItemVectors(
                vectors.flatMap { $0 },
                sparseCount: features.sparseCount,
                denseCount: features.denseCount
            )
        )
        context.progress(1)
        return model
    }

    /// The vector that the fit would give to an item with this description, its statistics being what they are.
    ///
    /// Words, tags and creators that no item of the fit had count nothing. Throws `invalidContent`.
    public func foldIn(_ content: ItemContent) throws(RecommenderError) -> ContentVector {
        try features.validate(content)
        return features.vectors(of: ContentRun([content], parameters: parameters))[0]
    }

    /// The model with further items after its own, without another fit: the statistics stay those of the fit.
    ///
    /// Throws `invalidContent`.
    public func adding(_ contents: [ItemContent]) throws(RecommenderError) -> ContentModel {
        for content in contents { try features.validate(content) }
        guard contents.count <= Int(Int32.max) - itemCount else {
            throw RecommenderError(.indexOutOfRange, "more than \(Int32.max) items")
        }
        let added = features.vectors(of: ContentRun(contents, parameters: parameters))
        return ContentModel(features: features, vectors: vectors.appending(added))
    }

    /// The vector of an item; `item` must be below ``itemCount``.
    public func vector(of item: Int) -> ContentVector { vectors[item] }

    /// The items most similar to `item`, best first, without itself; none when the index is out of range.
    public func neighbours(of item: Int, limit: Int = 100) -> [ScoredItem] {
        guard (0..<itemCount).contains(item) else { return [] }
        return neighbours(of: vectors[item], limit: limit, excluding: ItemSet([item]))
    }

    /// The items most similar to a vector, best first, such as that of an item that is not in the model.
    public func neighbours(
        of vector: ContentVector,
        limit: Int = 100,
        excluding excluded: ItemSet = ItemSet()
    ) -> [ScoredItem] {
        TopItems.select(from: similarities(to: vector), limit: limit, excluding: excluded)
    }

    /// How alike each item and `vector` are; zero where nothing is known of one of them.
    func similarities(to vector: ContentVector) -> [Float] {
        guard !vector.isEmpty else { return [Float](repeating: 0, count: itemCount) }
        switch parameters.similarity {
        case .cosine: return vectors.products(with: vector)
        case .euclidean:
            return zip(vectors.distances(to: vector), vectors.isDescribed).map { $1 ? 1 / (1 + $0) : 0 }
        }
    }
}

extension ContentModel: Recommender {
    /// Prepares the scores of a history.
    public func scorer(for history: [WeightedItem]) throws(RecommenderError) -> ContentScorer {
        try ContentScorer(model: self, history: history.validated(itemCount: itemCount))
    }

    /// Fits the model to the descriptions in `parameters`, of which there must be one per item of the matrix.
    ///
    /// The interactions have no effect. Throws `invalidParameter` when the counts differ, else what the other `fit` throws.
    public static func fit(
        _ matrix: InteractionMatrix,
        parameters: DescribedItems,
        context: FitContext = FitContext()
    ) throws(RecommenderError) -> ContentModel {
        guard matrix.itemCount == parameters.contents.count else {
            throw RecommenderError(
                .invalidParameter,
                "\(parameters.contents.count) descriptions of \(matrix.itemCount) items"
            )
        }
        return try fit(parameters.contents, parameters: parameters.parameters, context: context)
    }
}

/// What a ``ContentModel`` is fitted to where a ``Recommender`` is asked for: descriptions beside the parameters.
public struct DescribedItems: Hashable, Sendable {
    /// One description per item of the matrix.
    public var contents: [ItemContent]
    /// What can be tuned.
    public var parameters: ContentParameters

    /// Creates the pair.
    public init(_ contents: [ItemContent], parameters: ContentParameters = ContentParameters()) {
        self.contents = contents
        self.parameters = parameters
    }
}
