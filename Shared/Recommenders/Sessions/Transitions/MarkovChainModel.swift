import Glibc

/// A Markov chain of first order: what was clicked right after the item that was clicked last.
///
/// p(next | item) = transitions / (all transitions from the item + shrinkage), a transition counting half after each
/// half-life before the newest click of the log; a session's score is Σ clickDecayᵈ · p(next | item clicked d clicks before
/// the last one). With one click this is the baseline of Kamehkhosh, Jannach and Ludewig (2017). The last clicked item can
/// be in the list, as people do click it again: exclude it where that is not wanted.
public struct MarkovChainModel: SessionRecommender, Hashable {
    /// How the model was fitted.
    public let parameters: MarkovChainParameters
    private var transitions: TransitionSums
    /// The time of the newest click, where transitions count in full.
    private var newest: Double
    private let scratches = ScratchPool<ItemSums<Double>>()

    private init(_ parameters: MarkovChainParameters, _ transitions: TransitionSums, newest: Double) {
        self.parameters = parameters
        self.transitions = transitions
        self.newest = newest
    }

    /// How many items there are, items that nobody clicked included.
    public var itemCount: Int { transitions.itemCount }

    /// Counts transitions.
    public static func fit(
        _ sessions: SessionLog,
        parameters: MarkovChainParameters = MarkovChainParameters(),
        context: FitContext = FitContext()
    ) throws(RecommenderError) -> MarkovChainModel {
        try parameters.validate()
        var model = MarkovChainModel(parameters, TransitionSums(itemCount: sessions.itemCount), newest: -.infinity)
        try model.update(with: sessions, context: context)
        return model
    }

    /// Adds sessions: afterwards the model is the same as one fitted to all sessions at once, with a half-life up to
    /// rounding.
    ///
    /// The log may know more items than the model. Throws `cancelled`, and then nothing has changed.
    public mutating func update(
        with sessions: SessionLog,
        context: FitContext = FitContext()
    ) throws(RecommenderError) {
        let now = sessions.clicks.reduce(newest) { max($0, $1.seconds) }
        let added = try sessions.transitions(steps: 1, context) { _, seconds in
            parameters.halfLifeDays.map { exp2((seconds - now) / 86_400 / $0) } ?? 1
        }
        if let days = parameters.halfLifeDays, newest < now {
            transitions.scale(by: exp2((newest - now) / 86_400 / days))
        }
        transitions.add(added, itemCount: sessions.itemCount)
        newest = now
    }

    /// The best `limit` next items: higher scores first, ties by ascending index.
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
        var sums = scratches.take() ?? ItemSums()
        defer { scratches.give(sums) }
        sums.adding(itemCount: itemCount) { adder in
            var weight = 1.0
            for item in session.suffix(parameters.lastClicks).reversed() {
                let total = transitions.total(of: item) + parameters.shrinkage
                if total > 0 { transitions.add(from: item, times: weight / total, to: &adder) }
                weight *= parameters.clickDecay
            }
        }
        return sums.top(limit, excluding: excluded)
    }
}
