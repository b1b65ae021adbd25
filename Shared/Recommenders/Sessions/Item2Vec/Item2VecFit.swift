import Glibc

/// Learns item vectors from sessions, in an order that the seed decides.
struct Item2VecFit {
    private let sessions: SessionLog
    private let parameters: Item2VecParameters
    private let context: FitContext
    /// The items that are ever near another one, ascending, and each item's place among them.
    private let known: [Int]
    private let places: [Int32]
    /// The share of an item's clicks that stays.
    private let kept: [Float]
    private let table: AliasTable

    init(_ sessions: SessionLog, _ parameters: Item2VecParameters, _ context: FitContext) throws(RecommenderError) {
        self.sessions = sessions
        self.parameters = parameters
        self.context = context
        try context.checkCancellation()
        var clicks = [Int](repeating: 0, count: sessions.itemCount)
        var isKnown = [Bool](repeating: false, count: sessions.itemCount)
        for session in 0..<sessions.count {
            let items = sessions[session]
            let first = items.first?.item
            let hasOthers = items.contains { $0.item != first }
            for click in items {
                clicks[click.item] += 1
                if hasOthers { isKnown[click.item] = true }
            }
        }
        let known = isKnown.indices.filter { isKnown[$0] }
        var places = [Int32](repeating: -1, count: sessions.itemCount)
        for (place, item) in known.enumerated() { places[item] = Int32(truncatingIfNeeded: place) }
        self.known = known
        self.places = places
        let total = Double(sessions.clicks.count)
        kept = known.map { item in
            parameters.subsampling.map { Float(min(1, ($0 * total / Double(clicks[item])).squareRoot())) } ?? 1
        }
        table = AliasTable(weights: known.map { pow(Double(clicks[$0]), parameters.negativeExponent) })
    }

    func model() throws(RecommenderError) -> Item2VecModel {
        var random = RandomSource(seed: context.seed)
        var vectors = SkipGram(itemCount: known.count, dimension: parameters.dimension, random: &random)
        var order = Array(0..<sessions.count)
        for epoch in 0..<parameters.epochs {
            order.shuffle(using: &random)
            for (position, session) in order.enumerated() {
                let done = (Double(epoch) + Double(position) / Double(order.count)) / Double(parameters.epochs)
                if position % 1024 == 0 {
                    try context.checkCancellation()
                    context.progress(done)
                }
                let rate = parameters.learningRate * Float(1 - 0.99 * done)
                learn(session, rate, &vectors, &random)
            }
        }
        context.progress(1)
        let values = known.indices.flatMap { vectors.vector(of: $0, dimension: parameters.dimension) }
        return try Item2VecModel(
            parameters: parameters,
            itemCount: sessions.itemCount,
            known: known,
            places: places,
            vectors: DenseVectors(dimension: parameters.dimension, values: values)
        )
    }

    private func learn(_ session: Int, _ rate: Float, _ vectors: inout SkipGram, _ random: inout RandomSource) {
        var items: [Int] = []
        for click in sessions[session] {
            let place = Int(places[click.item])
            if place >= 0, kept[place] >= 1 || random.uniform() < kept[place] { items.append(place) }
        }
        for (position, item) in items.enumerated() {
            for other in max(0, position - parameters.window)..<min(items.count, position + parameters.window + 1)
            where items[other] != item {
                vectors.learn(
                    item,
                    near: items[other],
                    against: table,
                    count: parameters.negatives,
                    rate: rate,
                    &random
                )
            }
        }
    }
}
