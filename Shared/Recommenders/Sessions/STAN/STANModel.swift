/// STAN (Garg, Gupta, Malhotra, Vig and Shroff 2019) and its variant V-STAN (Ludewig, Mauro, Latifi and Jannach 2020): the
/// neighbours of the open session by three kinds of distance in sequence and time.
///
/// An item of the open session weighs w = exp(−d / clickDecay), d clicks before the last one. The newest sessions that share
/// an item are compared: similarity = Σ w of the shared items / (√Σ w² · √distinct items of the past session) ·
/// exp(−age / recencyDays). Each of the most similar adds to each of its items similarity · exp(−distance to its own last
/// shared item / placeDecay) · (1 + idfWeight · idf) · exp(−d of the latest shared item / matchDecay), with
/// idf = ln(sessions / sessions with the item). The last clicked item can be in the list: exclude it where that is not
/// wanted.
///
/// A value; any number of threads may predict at once.
public struct STANModel: SessionRecommender, Hashable {
    /// How the model was fitted.
    public let parameters: STANParameters
    private(set) var index: SessionIndex
    private let scratches = ScratchPool<STANScratch>()

    /// How many items there are, items that nobody clicked included.
    public var itemCount: Int { index.itemCount }

    /// Indexes past sessions.
    public static func fit(
        _ sessions: SessionLog,
        parameters: STANParameters = STANParameters(),
        context: FitContext = FitContext()
    ) throws(RecommenderError) -> STANModel {
        try parameters.validate()
        var index = SessionIndex(itemCount: sessions.itemCount, policy: parameters.indexPolicy)
        try index.add(sessions, context)
        return STANModel(parameters: parameters, index: index)
    }

    init(parameters: STANParameters, index: SessionIndex) {
        self.parameters = parameters
        self.index = index
    }

    /// Adds sessions: afterwards the model is the same as one fitted to all sessions at once.
    ///
    /// Takes time proportional to the new sessions as long as they are newer than the known ones, and to all of them
    /// otherwise, as soon as old ones are forgotten too. The log may know more items than the model. Throws `cancelled`, and then nothing has changed.
    public mutating func update(
        with sessions: SessionLog,
        context: FitContext = FitContext()
    ) throws(RecommenderError) {
        try index.add(sessions, context)
    }

    /// The best `limit` next items: higher scores first, ties by ascending index.
    ///
    /// `seconds` is the time of the last click, on the clock of the log; by default the end of the newest past session. A
    /// past session that ends later counts as of age zero. An empty session has no next items. Throws `indexOutOfRange`,
    /// `invalidWeight` for a time that is not finite.
    public func recommend(
        after session: [Int],
        seconds: Double? = nil,
        limit: Int,
        excluding excluded: ItemSet = ItemSet()
    ) throws(RecommenderError) -> [ScoredItem] {
        try session.validate(itemCount: itemCount, seconds: seconds)
        var scratch = scratches.take() ?? STANScratch()
        defer { scratches.give(scratch) }
        let now = seconds ?? index.times.last?.seconds ?? 0
        scratch.findNeighbours(of: session, seconds: now, in: index, parameters)
        scratch.addUp(index, parameters)
        return scratch.top(limit, excluding: excluded)
    }
}
