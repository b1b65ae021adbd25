extension Collection<Int> {
    /// Throws `indexOutOfRange` for an item that the model does not have, `invalidWeight` for a time that is not finite.
    func validate(itemCount: Int, seconds: Double?) throws(RecommenderError) {
        for item in self where !(0..<itemCount).contains(item) {
            throw RecommenderError(.indexOutOfRange, "item \(item) in a model of \(itemCount)")
        }
        if let seconds, !seconds.isFinite { throw RecommenderError(.invalidWeight, "time \(seconds)") }
    }
}
