/// All that the fit learned of the features, enough to make the vector of any item.
///
/// The features of one kind (text, tags, creators, vector) are a block: made a unit vector, then multiplied by the square
/// root of the kind's weight (for the cosine: of its share of all weights), so that a product of two items is the sum of
/// weight times cosine over the kinds. A kind that an item lacks is a zero block: the vector is not made longer for it,
/// otherwise items of which little is known would come before those of which all is known and fits.
struct ContentFeatures: Hashable, Sendable {
    /// What tags and creators count.
    static let nameWeighting = TermWeighting.tfIdf(sublinear: false)

    let parameters: ContentParameters
    let words: TermStatistics<String>
    let tags: TermStatistics<TagPath>
    let creators: TermStatistics<String>
    /// The length of the supplied vectors, 0 when no item of the fit had one.
    let vectorLength: Int
    /// A row per word and a column per latent dimension; `nil` without latent semantic analysis.
    let projection: FactorMatrix?

    /// Collects the terms, and analyses the texts if the parameters say so.
    ///
    /// Latent semantic analysis: Deerwester and others (1990).
    init(
        runs: [ContentRun],
        vectorLength: Int,
        parameters: ContentParameters,
        context: FitContext
    ) throws(RecommenderError) {
        self.parameters = parameters
        self.vectorLength = vectorLength
        let words = TermStatistics(
            runs: runs.map(\.words),
            weighting: parameters.textWeighting,
            minimumItems: parameters.minimumItems,
            maximumShare: parameters.maximumShare
        )
        self.words = words
        tags = TermStatistics(runs: runs.map(\.tags), weighting: Self.nameWeighting)
        creators = TermStatistics(runs: runs.map(\.creators), weighting: Self.nameWeighting)
        guard parameters.latentDimensions > 0, parameters.weights.text > 0 else {
            projection = nil
            return
        }
        let rows = try context.workers.mapChunks(of: runs.count, size: 1, context: context.silent) { range in
            var chunk = RowChunk()
            for run in range {
                for row in words.rows(of: runs[run].words) {
                    let unit = ContentVector(sparse: row, dense: []).normalized()
                    chunk.appendRow(
                        unit.sparse.map { Int32(truncatingIfNeeded: $0.item) },
                        unit.sparse.map(\.weight)
                    )
                }
            }
            return chunk
        }
        projection =
            try TruncatedSVD(
                of: SparseRows(joining: rows),
                columnCount: words.termCount,
                rank: parameters.latentDimensions,
                powerIterations: parameters.powerIterations,
                context: context
            ).right
    }

    /// Takes what another instance had learned.
    init(
        parameters: ContentParameters,
        words: TermStatistics<String>,
        tags: TermStatistics<TagPath>,
        creators: TermStatistics<String>,
        vectorLength: Int,
        projection: FactorMatrix?
    ) {
        self.parameters = parameters
        self.words = words
        self.tags = tags
        self.creators = creators
        self.vectorLength = vectorLength
        self.projection = projection
    }

    /// How many sparse features there are.
    var sparseCount: Int { (projection == nil ? words.termCount : 0) + tags.termCount + creators.termCount }

    /// How many dense features there are.
    var denseCount: Int { (projection?.width ?? 0) + vectorLength }

    /// The vectors of the items of a run.
    func vectors(of run: ContentRun) -> [ContentVector] {
        let rows = (words.rows(of: run.words), tags.rows(of: run.tags), creators.rows(of: run.creators))
        return run.vectors.indices.map { item in
            vector(words: rows.0[item], tags: rows.1[item], creators: rows.2[item], supplied: run.vectors[item])
        }
    }

    /// The sum of the weights of those kinds that some item of the fit has.
    private var totalWeight: Double {
        let weights = parameters.weights
        let kinds = [
            (weights.text, words.termCount), (weights.tags, tags.termCount), (weights.creators, creators.termCount),
            (weights.vector, vectorLength),
        ]
        return kinds.reduce(0) { $0 + ($1.1 > 0 ? Double($1.0) : 0) }
    }

    private func vector(
        words: [WeightedItem],
        tags: [WeightedItem],
        creators: [WeightedItem],
        supplied: [Float]
    ) -> ContentVector {
        let weights = parameters.weights
        let whole = parameters.similarity == .cosine ? totalWeight : 1
        func length(_ weight: Float) -> Double { (Double(weight) / whole).squareRoot() }
        var sparse: [WeightedItem] = []
        var dense: [Float] = []
        var firstColumn = 0
        func append(_ row: [WeightedItem], weight: Float, columnCount: Int) {
            if weight > 0 {
                let block = ContentVector(sparse: row, dense: []).normalized(to: length(weight))
                sparse += block.sparse.map { WeightedItem(item: firstColumn + $0.item, weight: $0.weight) }
            }
            firstColumn += columnCount
        }
        if let projection {
            dense += Self.projected(words, projection, length: length(weights.text))
        } else {
            append(words, weight: weights.text, columnCount: self.words.termCount)
        }
        append(tags, weight: weights.tags, columnCount: self.tags.termCount)
        append(creators, weight: weights.creators, columnCount: self.creators.termCount)
        if supplied.isEmpty || weights.vector == 0 {
            dense += [Float](repeating: 0, count: vectorLength)
        } else {
            dense +=
                ContentVector(sparse: [], dense: supplied).normalized(to: length(weights.vector)).dense
        }
        return ContentVector(sparse: sparse, dense: dense)
    }

    /// The text among the latent dimensions; zero when next to nothing of it lies in their space.
    private static func projected(_ words: [WeightedItem], _ projection: FactorMatrix, length: Double) -> [Float] {
        var sum = [Double](repeating: 0, count: projection.width)
        for word in ContentVector(sparse: words, dense: []).normalized().sparse {
            let row = word.item * projection.stride
            for column in 0..<projection.width {
                sum[column] += Double(word.weight) * Double(projection.values[row + column])
            }
        }
        // Of a unit vector: less than this is noise.
        guard sum.reduce(0, { $0 + $1 * $1 }) > 1e-8 else { return [Float](repeating: 0, count: projection.width) }
        return ContentVector(sparse: [], dense: sum.map { Float($0) }).normalized(to: length).dense
    }

    /// Throws `invalidContent` unless the supplied vector is finite and has the length of the others, or none.
    func validate(_ content: ItemContent) throws(RecommenderError) {
        try content.validate(vectorLength: vectorLength)
    }
}

extension FitContext {
    /// The same without progress: for steps that are not worth a report.
    var silent: FitContext {
        var context = self
        context.progress = { _ in }
        return context
    }
}
