/// What can be tuned about STAN and V-STAN; a decay of `nil` is switched off.
///
/// STAN has ``clickDecay``, ``recencyDays`` and ``placeDecay``; V-STAN adds ``matchDecay`` and ``idfWeight``.
public struct STANParameters: Hashable, Sendable, SessionNeighbourhood {
    /// How many of the newest sessions that share an item with the open one are compared with it, from 1 to 1,000,000.
    public var recentSessions: Int
    /// How many of those, the most similar, count, from 1 to 10,000.
    public var neighbours: Int
    /// How many of the last clicks of the open session count, from 1 to 100.
    public var lastClicks: Int
    /// λ of the weight exp(−d / λ) of an item clicked d clicks before the last one, in the similarity; above zero.
    public var clickDecay: Float?
    /// λ of the weight exp(−age / λ) of a neighbour, in days; above zero.
    public var recencyDays: Double?
    /// λ of the weight exp(−d / λ) of a neighbour's item that is d clicks from its last shared item; above zero.
    public var placeDecay: Float?
    /// λ of the weight exp(−d / λ) of a neighbour whose latest shared item was clicked d clicks before the last one; above
    /// zero.
    public var matchDecay: Float?
    /// How strongly rare items are preferred: a factor of 1 + weight · idf; zero or more.
    public var idfWeight: Float
    /// How many sessions the model keeps, the newest, from 1 to 2,147,483,647.
    public var mostSessions: Int
    /// How many days a session is kept after it ended, counted back from the newest one; above zero, `nil` for ever.
    public var maximumAgeDays: Double?

    /// Creates the parameters of V-STAN; the defaults did well on the validation sessions of a shop.
    public init(
        recentSessions: Int = 2500,
        neighbours: Int = 200,
        lastClicks: Int = 20,
        clickDecay: Float? = 4,
        recencyDays: Double? = 40,
        placeDecay: Float? = 2,
        matchDecay: Float? = 4,
        idfWeight: Float = 1,
        mostSessions: Int = 10_000_000,
        maximumAgeDays: Double? = nil
    ) {
        self.recentSessions = recentSessions
        self.neighbours = neighbours
        self.lastClicks = lastClicks
        self.clickDecay = clickDecay
        self.recencyDays = recencyDays
        self.placeDecay = placeDecay
        self.matchDecay = matchDecay
        self.idfWeight = idfWeight
        self.mostSessions = mostSessions
        self.maximumAgeDays = maximumAgeDays
    }

    /// Throws `invalidParameter` for a value outside its range.
    public func validate() throws(RecommenderError) {
        try validateNeighbourhood()
        for decay in [clickDecay, placeDecay, matchDecay] + [recencyDays.map(Float.init)] {
            guard let decay else { continue }
            guard decay > 0, decay.isFinite else { throw RecommenderError(.invalidParameter, "a decay of \(decay)") }
        }
    }

    var indexPolicy: SessionIndex.Policy {
        SessionIndex.Policy(
            recentSessions: recentSessions,
            lengthQuantile: 1,
            ties: .given,
            mostSessions: mostSessions,
            maximumAgeDays: maximumAgeDays
        )
    }
}
