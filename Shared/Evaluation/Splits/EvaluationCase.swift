public import Recommenders

/// Something seen: by whom does not matter here, when does.
public typealias Visit = SessionLog.Click

/// One question to a model.
///
/// This is known; what comes next?
public struct EvaluationCase: Hashable, Sendable {
    /// The user or session in the data, by index; cases of one source are resampled together.
    public var source: Int
    /// What the predictions call it: the user's id, or the session's id and the length of the prefix.
    public var id: String
    /// Whether the source's training data were there when the model was fitted.
    public var isInTraining: Bool
    /// What is known, oldest first.
    public var history: [Visit]
    /// What must not be in the list.
    public var excluded: ItemSet
    /// What should be in the list, each item once.
    public var wanted: [Int]
    /// What recall divides by: the wanted items, for sessions all remaining clicks, repeated ones included.
    public var wantedCount: Int
    /// For sessions the very next item.
    public var next: Int?
}

/// What models learn from: the positives of each source, oldest first.
public struct TrainingData: Hashable, Sendable {
    /// The visits of each source; a source without any is there, too.
    public var visits: [[Visit]]
    /// How many items there are, those that nobody visited among them.
    public var itemCount: Int
    /// What each item is, where that is known.
    public var contents: [ItemContent]?

    /// Creates training data.
    public init(visits: [[Visit]], itemCount: Int, contents: [ItemContent]? = nil) {
        self.visits = visits
        self.itemCount = itemCount
        self.contents = contents
    }

    /// Each visited item counts one; throws `emptyMatrix` when there is none.
    public func matrix() throws(RecommenderError) -> InteractionMatrix {
        var interactions: [Interaction] = []
        for (source, visits) in visits.enumerated() {
            var seen: Set<Int> = []
            for visit in visits where seen.insert(visit.item).inserted {
                interactions.append(Interaction(user: source, item: visit.item))
            }
        }
        return try InteractionMatrix(userCount: visits.count, itemCount: itemCount, interactions: interactions)
    }

    /// Each source as one session; throws `emptyMatrix` when there is none.
    public func sessions() throws(RecommenderError) -> SessionLog {
        try SessionLog(itemCount: itemCount, sessions: visits)
    }

    /// How many sources visited each item.
    public func popularity() -> [Int] {
        var counts = [Int](repeating: 0, count: itemCount)
        for visits in visits { for item in Set(visits.map(\.item)) { counts[item] += 1 } }
        return counts
    }
}

/// One division into what models learn from and what they are asked.
public struct Fold: Sendable {
    /// What models learn from.
    public var training: TrainingData
    /// What they are asked.
    public var cases: [EvaluationCase]
    /// The entries behind ``training``, to be divided again for validation.
    public var trainingEntries: Dataset
}
