/// VMIS-kNN (Kersbergen, Sprangers and Schelter 2022, "Serenade"): the sessions most like the open one say what is next.
///
/// Of the open session the last L clicks count, each with a decay of (its place among them, from 1) / (distinct items
/// among them); of an item clicked twice the later click counts. The m newest past sessions that share an item are
/// compared, the similarity being the sum of the decays of the shared items; the k most similar, newer ones first among
/// equals, are the neighbours. Each neighbour gives each of its items similarity · max(0, 1 − .1 · p), with p the place of
/// the last shared click counted from the end, from 1. An item's sum is multiplied by its
/// idf = w · ln(all pairs of session and item / sessions with the item) where that is above zero. The item clicked last is
/// not in the list.
///
/// A prediction touches only the newest m sessions of each clicked item and the items of the neighbours, in memory that is
/// reused: it takes microseconds however long the log is. Sums are integers, so the order of addition has no effect.
/// The model is a value; copies share the working memory, and any number of threads may predict at once.
public struct VMISKNNModel: SessionRecommender {
    /// How the model was fitted.
    public let parameters: VMISKNNParameters
    private(set) var index: SessionIndex
    private var itemOrder: ItemOrder?
    private let scratches = ScratchPool<VMISKNNScratch>()

    init(parameters: VMISKNNParameters, index: SessionIndex) {
        self.parameters = parameters
        self.index = index
        itemOrder = ItemOrder(itemCount: index.itemCount, parameters.ties)
    }

    /// How many items there are, items that nobody clicked included.
    public var itemCount: Int { index.itemCount }
    /// How many past sessions the model keeps.
    public var sessionCount: Int { index.sessionCount }

    /// Indexes past sessions.
    public static func fit(
        _ sessions: SessionLog,
        parameters: VMISKNNParameters = VMISKNNParameters(),
        context: FitContext = FitContext()
    ) throws(RecommenderError) -> VMISKNNModel {
        try parameters.validate()
        var index = SessionIndex(itemCount: sessions.itemCount, policy: parameters.indexPolicy)
        try index.add(sessions, context)
        return VMISKNNModel(parameters: parameters, index: index)
    }

    /// Adds sessions: afterwards the model is the same as one fitted to all sessions at once.
    ///
    /// Takes time proportional to the new sessions as long as they are newer than the known ones, and to all of them
    /// otherwise, as soon as old ones are forgotten too: then many sessions at a time are better than few. An item's sessions
    /// beyond the newest m leave its list, but stay known to the model. The log may know more items than the model. Throws
    /// `cancelled`, and then nothing has changed.
    public mutating func update(
        with sessions: SessionLog,
        context: FitContext = FitContext()
    ) throws(RecommenderError) {
        try context.checkCancellation()
        try index.add(sessions, context)
        if itemOrder?.ranks.count ?? itemCount != itemCount {
            itemOrder = ItemOrder(itemCount: itemCount, parameters.ties)
        }
    }

    /// The best `limit` next items: higher scores first, ties by ascending index (or as the parameters say).
    ///
    /// An empty session has no next items. The time of the session has no effect. Throws `indexOutOfRange`,
    /// `invalidWeight` for a time that is not finite.
    public func recommend(
        after session: [Int],
        seconds: Double? = nil,
        limit: Int,
        excluding excluded: ItemSet = ItemSet()
    ) throws(RecommenderError) -> [ScoredItem] {
        try session.validate(itemCount: itemCount, seconds: seconds)
        var scratch = scratches.take() ?? VMISKNNScratch()
        defer { scratches.give(scratch) }
        scratch.findNeighbours(of: session, in: index, parameters)
        scratch.addUp(index)
        return scratch.top(limit, index, idfWeight: parameters.idfWeight, excluding: excluded, order: itemOrder)
    }
}

extension VMISKNNModel: Hashable {
    /// Whether both give the same lists; what past updates left in memory has no effect.
    public static func == (left: VMISKNNModel, right: VMISKNNModel) -> Bool { left.index == right.index }

    /// Hashes what `==` compares, in part.
    public func hash(into hasher: inout Hasher) { hasher.combine(index) }
}
