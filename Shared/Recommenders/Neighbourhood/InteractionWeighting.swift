import Glibc

/// What an interaction counts when items, or users, are compared.
///
/// The compared ones are the *documents* of text retrieval, what they have in common the *terms*: for items the users who
/// know them, for users the items that they know. A term that nearly every document has says little.
public enum InteractionWeighting: Hashable, Sendable {
    /// One, whatever its weight.
    case binary
    /// Its weight.
    case weighted
    /// Its weight times ln(documents / (1 + documents with the term)).
    case tfIDF
    /// BM25 (Robertson and Walker 1994) with the same logarithm.
    ///
    /// `saturation` is k₁, above zero, usually 1.2; `lengthNormalisation` is b, from 0 to 1, usually .75.
    case bm25(saturation: Float, lengthNormalisation: Float)

    func validate() throws(RecommenderError) {
        guard case .bm25(let saturation, let normalisation) = self else { return }
        guard saturation > 0, saturation.isFinite, (0...1).contains(normalisation) else {
            throw RecommenderError(.invalidParameter, "\(self)")
        }
    }

    /// The rows of documents with each weight replaced by what it counts.
    func callAsFunction(_ documents: SparseRows, termCount: Int) -> SparseRows {
        let values: [Float]
        switch self {
        case .binary: values = [Float](repeating: 1, count: documents.entryCount)
        case .weighted: values = documents.values
        case .tfIDF:
            let rarity = Self.rarity(documents, termCount: termCount)
            values = zip(documents.columns, documents.values).map { $1 * rarity[Int($0)] }
        case .bm25(let saturation, let normalisation):
            let rarity = Self.rarity(documents, termCount: termCount)
            let lengths = (0..<documents.rowCount).map { row in
                documents.values[documents.range(of: row)].reduce(0, +)
            }
            let meanLength = lengths.reduce(0, +) / Float(max(1, lengths.count))
            values = (0..<documents.rowCount).flatMap { row in
                let length = saturation * (1 - normalisation + normalisation * lengths[row] / meanLength)
                return documents.range(of: row).map { entry in
                    let weight = documents.values[entry]
                    return weight * (saturation + 1) / (length + weight) * rarity[Int(documents.columns[entry])]
                }
            }
        }
        return SparseRows(offsets: documents.offsets, columns: documents.columns, values: values)
    }

    /// The logarithm of each term.
    static func rarity(_ documents: SparseRows, termCount: Int) -> [Float] {
        var counts = [Int](repeating: 0, count: termCount)
        for term in documents.columns { counts[Int(term)] += 1 }
        return counts.map { Float(log(Double(documents.rowCount) / Double(1 + $0))) }
    }
}
