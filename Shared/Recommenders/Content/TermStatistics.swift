/// The terms of one kind that count, and how much: all that a new item needs to be weighed like those of the fit.
struct TermStatistics<Term: Hashable & Comparable & Sendable>: Hashable, Sendable {
    let columns: [Term: Int32]
    let inverseDocumentFrequencies: [Float]
    let meanLength: Float
    private let weighting: TermWeighting

    /// Takes the terms that at least `minimumItems`, and at most `maximumShare` of all that have terms, have.
    ///
    /// Columns are in the order of the terms, so that the order of the items has no effect.
    init(runs: [TermRun<Term>], weighting: TermWeighting, minimumItems: Int = 1, maximumShare: Float = 1) {
        var itemCounts: [Term: Int] = [:]
        var documents = 0
        var length = 0.0
        for run in runs {
            for (term, count) in zip(run.terms, run.itemCounts) { itemCounts[term, default: 0] += count }
            for row in run.rows where !row.isEmpty {
                documents += 1
                length += row.reduce(0) { $0 + Double($1.count) }
            }
        }
        let maximumItems = Double(maximumShare) * Double(documents)
        let kept = itemCounts.filter { $0.value >= minimumItems && Double($0.value) <= maximumItems }
            .sorted { $0.key < $1.key }
        var columns: [Term: Int32] = [:]
        for (column, entry) in kept.enumerated() { columns[entry.key] = Int32(truncatingIfNeeded: column) }
        self.columns = columns
        inverseDocumentFrequencies = kept.map {
            weighting.inverseDocumentFrequency(documents: documents, containing: $0.value)
        }
        meanLength = documents > 0 ? Float(length / Double(documents)) : 0
        self.weighting = weighting
    }

    /// Takes what another instance had learned.
    init(columns: [Term: Int32], inverseDocumentFrequencies: [Float], meanLength: Float, weighting: TermWeighting) {
        self.columns = columns
        self.inverseDocumentFrequencies = inverseDocumentFrequencies
        self.meanLength = meanLength
        self.weighting = weighting
    }

    /// How many terms count.
    var termCount: Int { inverseDocumentFrequencies.count }

    /// The weights of the terms of each item of `run`, by ascending column; unknown terms add to the length alone.
    func rows(of run: TermRun<Term>) -> [[WeightedItem]] {
        let known = run.terms.map { columns[$0] }
        return run.rows.map { row in
            let length = row.reduce(0) { $0 + $1.count }
            return row.compactMap { entry -> WeightedItem? in
                guard let column = known[entry.term].map(Int.init) else { return nil }
                let frequency = weighting.termFrequency(entry.count, length: length, meanLength: meanLength)
                return WeightedItem(item: column, weight: frequency * inverseDocumentFrequencies[column])
            }.sorted { $0.item < $1.item }
        }
    }
}
