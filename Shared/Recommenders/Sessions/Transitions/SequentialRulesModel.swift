/// Sequential rules (Kamehkhosh, Jannach and Ludewig 2017): what was clicked some clicks after the item clicked last.
///
/// A rule "b after a" gains weighting(distance) each time that b is clicked at most `steps` clicks after a; a session's score
/// is Σ clickWeighting(place from the end) · rule. With one step and the weight 1 this is a Markov chain's count; backwards
/// too, over all distances, it is association rules (``SequentialRulesParameters/associationRules``). The last clicked
/// item can be in the list: exclude it where that is not wanted.
public struct SequentialRulesModel: SessionRecommender, Hashable {
    /// How the model was fitted.
    public let parameters: SequentialRulesParameters
    private(set) var rules: TransitionSums
    private let scratches = ScratchPool<ItemSums<Double>>()

    /// How many items there are, items that nobody clicked included.
    public var itemCount: Int { rules.itemCount }

    init(parameters: SequentialRulesParameters, rules: TransitionSums) {
        self.parameters = parameters
        self.rules = rules
    }

    /// Adds up the rules.
    public static func fit(
        _ sessions: SessionLog,
        parameters: SequentialRulesParameters = SequentialRulesParameters(),
        context: FitContext = FitContext()
    ) throws(RecommenderError) -> SequentialRulesModel {
        try parameters.validate()
        let rules = TransitionSums(itemCount: sessions.itemCount)
        var model = SequentialRulesModel(parameters: parameters, rules: rules)
        try model.update(with: sessions, context: context)
        return model
    }

    /// Adds sessions: afterwards the model is the same as one fitted to all sessions at once.
    ///
    /// The log may know more items than the model. Throws `cancelled`, and then nothing has changed.
    public mutating func update(
        with sessions: SessionLog,
        context: FitContext = FitContext()
    ) throws(RecommenderError) {
        let added = try sessions.transitions(steps: parameters.steps, bothWays: parameters.bothWays, context) {
            distance,
            _ in parameters.weighting(distance)
        }
        rules.add(added, itemCount: sessions.itemCount)
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
            for (place, item) in session.suffix(parameters.lastClicks).reversed().enumerated() {
                rules.add(from: item, times: parameters.clickWeighting(place + 1), to: &adder)
            }
        }
        return sums.top(limit, excluding: excluded)
    }
}
