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
}

/// A weighting with what it learned of all documents.
struct FittedWeighting: Sendable {
    private let weighting: InteractionWeighting
    /// The logarithm of each term.
    private let rarity: [Float]
    private let meanLength: Float

    init(_ weighting: InteractionWeighting, documents: SparseRows, termCount: Int) {
        self.weighting = weighting
        switch weighting {
        case .binary, .weighted: rarity = []
        case .tfIDF, .bm25:
            var counts = [Int](repeating: 0, count: termCount)
            for term in documents.columns { counts[Int(term)] += 1 }
            rarity = counts.map { Float(log(Double(documents.rowCount) / Double(1 + $0))) }
        }
        let total = documents.values.reduce(0.0) { $0 + Double($1) }
        meanLength = Float(total / Double(max(1, documents.rowCount)))
    }

    /// The same rows, each weight replaced by what it counts.
    func callAsFunction(_ documents: SparseRows) -> SparseRows {
        var values = documents.values
        for row in 0..<documents.rowCount {
            let range = documents.range(of: row)
            apply(to: &values, range: range, terms: documents.columns)
        }
        return SparseRows(offsets: documents.offsets, columns: documents.columns, values: values)
    }

    /// What the weights of one document count.
    func callAsFunction(_ document: [WeightedItem]) -> [Float] {
        var values = document.map(\.weight)
        let terms = document.map { Int32(truncatingIfNeeded: $0.item) }
        apply(to: &values, range: values.indices, terms: terms)
        return values
    }

    private func apply(to values: inout [Float], range: Range<Int>, terms: [Int32]) {
        switch weighting {
        case .binary: for entry in range { values[entry] = 1 }
        case .weighted: break
        case .tfIDF: for entry in range { values[entry] *= rarity[Int(terms[entry])] }
        case .bm25(let saturation, let normalisation):
            let length = values[range].reduce(0, +)
            let base = saturation * (1 - normalisation + normalisation * length / meanLength)
            for entry in range {
                let weight = values[entry]
                values[entry] = weight * (saturation + 1) / (base + weight) * rarity[Int(terms[entry])]
            }
        }
    }
}
