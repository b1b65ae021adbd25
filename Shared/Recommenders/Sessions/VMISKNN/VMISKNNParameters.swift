/// What can be tuned about VMIS-kNN.
public struct VMISKNNParameters: Hashable, Sendable, SessionNeighbourhood {
    /// m: how many of the newest sessions that share an item with the open one are compared with it, from 1 to 1,000,000.
    public var recentSessions: Int
    /// k: how many of those, the most similar, count, from 1 to 10,000.
    public var neighbours: Int
    /// L: how many of the last clicks of the open session count, from 1 to 100.
    public var lastClicks: Int
    /// How strongly rare items are preferred; zero or more, zero for not at all.
    public var idfWeight: Float
    /// Sessions with more distinct items than this share of all sessions stay out of the index; above 0, at most 1 (all
    /// are in).
    public var lengthQuantile: Double
    /// Who comes first among equals.
    public var ties: SessionTieOrder
    /// How many sessions the model keeps, the newest, from 1 to 2,147,483,647.
    public var mostSessions: Int
    /// How many days a session is kept after it ended, counted back from the newest one; above zero, `nil` for ever.
    public var maximumAgeDays: Double?

    /// Creates parameters; the defaults are those of the Serenade project.
    public init(
        recentSessions: Int = 500,
        neighbours: Int = 50,
        lastClicks: Int = 2,
        idfWeight: Float = 1,
        lengthQuantile: Double = 0.995,
        ties: SessionTieOrder = .given,
        mostSessions: Int = 10_000_000,
        maximumAgeDays: Double? = nil
    ) {
        self.recentSessions = recentSessions
        self.neighbours = neighbours
        self.lastClicks = lastClicks
        self.idfWeight = idfWeight
        self.lengthQuantile = lengthQuantile
        self.ties = ties
        self.mostSessions = mostSessions
        self.maximumAgeDays = maximumAgeDays
    }

    /// Throws `invalidParameter` for a value outside its range.
    public func validate() throws(RecommenderError) {
        try validateNeighbourhood()
        guard lengthQuantile > 0, lengthQuantile <= 1 else {
            throw RecommenderError(.invalidParameter, "lengthQuantile \(lengthQuantile)")
        }
    }

    var indexPolicy: SessionIndex.Policy {
        SessionIndex.Policy(
            recentSessions: recentSessions,
            lengthQuantile: lengthQuantile,
            ties: ties,
            mostSessions: mostSessions,
            maximumAgeDays: maximumAgeDays
        )
    }
}
