/// What the parameters of all models have in common that look for past sessions near the open one.
protocol SessionNeighbourhood {
    var recentSessions: Int { get }
    var neighbours: Int { get }
    var lastClicks: Int { get }
    var idfWeight: Float { get }
    var mostSessions: Int { get }
    var maximumAgeDays: Double? { get }
}

extension SessionNeighbourhood {
    /// Throws `invalidParameter` for a value outside its range.
    func validateNeighbourhood() throws(RecommenderError) {
        guard (1...1_000_000).contains(recentSessions) else {
            throw RecommenderError(.invalidParameter, "recentSessions \(recentSessions)")
        }
        guard (1...10_000).contains(neighbours) else {
            throw RecommenderError(.invalidParameter, "neighbours \(neighbours)")
        }
        guard (1...100).contains(lastClicks) else {
            throw RecommenderError(.invalidParameter, "lastClicks \(lastClicks)")
        }
        guard idfWeight >= 0, idfWeight.isFinite else {
            throw RecommenderError(.invalidParameter, "idfWeight \(idfWeight)")
        }
        guard (1...Int(Int32.max)).contains(mostSessions) else {
            throw RecommenderError(.invalidParameter, "mostSessions \(mostSessions)")
        }
        if let maximumAgeDays, !(maximumAgeDays > 0 && maximumAgeDays.isFinite) {
            throw RecommenderError(.invalidParameter, "maximumAgeDays \(maximumAgeDays)")
        }
    }
}
