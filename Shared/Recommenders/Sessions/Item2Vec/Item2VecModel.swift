/// item2vec (Barkan and Koenigstein 2016): items that are clicked in the same sessions have vectors of like directions.
///
/// The vectors are learned by skip-gram with negative sampling, sessions being the sentences. A session's vector is the sum
/// of the unit vectors of its last items, each weighing clickDecay of the one after it, and its next items are those with
/// the largest cosine to it. Items that never stand beside another one have no vector; they are not recommended and do not
/// count. The items of the session are among the best themselves: exclude them where that is not wanted.
///
/// Learned on one thread, whatever the context's workers, because steps depend on one another: the same seed and sessions
/// give the same vectors.
public struct Item2VecModel: SessionRecommender {
    /// How the model was fitted.
    public let parameters: Item2VecParameters
    /// How many items there are, those without a vector included.
    public let itemCount: Int
    private let known: [Int]
    private let places: [Int32]
    /// Unit vectors of the known items.
    private let vectors: DenseVectors
    private let index: ExactIndex?

    init(
        parameters: Item2VecParameters,
        itemCount: Int,
        known: [Int],
        places: [Int32],
        vectors: DenseVectors
    ) throws(RecommenderError) {
        self.parameters = parameters
        self.itemCount = itemCount
        self.known = known
        self.places = places
        self.vectors = vectors.normalized()
        index = known.isEmpty ? nil : try ExactIndex(self.vectors, metric: .innerProduct)
    }

    /// Learns the vectors.
    public static func fit(
        _ sessions: SessionLog,
        parameters: Item2VecParameters = Item2VecParameters(),
        context: FitContext = FitContext()
    ) throws(RecommenderError) -> Item2VecModel {
        try parameters.validate()
        return try Item2VecFit(sessions, parameters, context).model()
    }

    /// The unit vector of an item; `nil` where it has none.
    public func vector(of item: Int) -> [Float]? {
        guard (0..<itemCount).contains(item), places[item] >= 0 else { return nil }
        return Array(vectors[Int(places[item])])
    }

    /// The items with the largest cosine to `item`, largest first, ties by ascending index.
    ///
    /// None for an item without a vector. Throws `indexOutOfRange`.
    public func neighbours(of item: Int, limit: Int) throws(RecommenderError) -> [ScoredItem] {
        try recommend(after: [item], limit: limit, excluding: ItemSet([item]))
    }

    /// The best `limit` next items by cosine, those with a negative one too: larger first, ties by ascending index.
    ///
    /// Empty for a session without an item that has a vector. The time of the session has no effect. Throws
    /// `indexOutOfRange`, `invalidWeight` for a time that is not finite.
    public func recommend(
        after session: [Int],
        seconds: Double? = nil,
        limit: Int,
        excluding excluded: ItemSet = ItemSet()
    ) throws(RecommenderError) -> [ScoredItem] {
        try session.validate(itemCount: itemCount, seconds: seconds)
        guard let index, limit > 0 else { return [] }
        var sum = [Float](repeating: 0, count: parameters.dimension)
        var weight: Float = 1
        for item in session.suffix(parameters.lastClicks).reversed() {
            if places[item] >= 0 {
                for (component, value) in vectors[Int(places[item])].enumerated() { sum[component] += weight * value }
            }
            weight *= parameters.clickDecay
        }
        let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard length > 0 else { return [] }
        let hidden = excluded == ItemSet() ? excluded : ItemSet(known.indices.filter { excluded.contains(known[$0]) })
        return try index.search(sum.map { $0 / length }, limit: limit, excluding: hidden)
            .map { ScoredItem(item: known[$0.item], score: $0.score) }
    }
}
