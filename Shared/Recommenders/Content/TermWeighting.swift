import Glibc

/// What a word counts in the text of an item.
public enum TermWeighting: Hashable, Sendable {
    /// Count times idf, with idf = ln((1 + n) / (1 + m)) + 1 for a word in m of n texts (Salton and Buckley 1988,
    /// smoothed).
    ///
    /// Sublinear: 1 + ln(count) instead of the count.
    case tfIdf(sublinear: Bool)
    /// Okapi BM25 (Robertson and Zaragoza 2009): idf · count · (k1 + 1) / (count + k1 · (1 − b + b · length / mean
    /// length)), with idf = ln(1 + (n − m + 0.5) / (m + 0.5)), which is never negative.
    ///
    /// `k1` from zero: how fast further occurrences stop to count; `b` from 0 to 1: how much long texts count less.
    case bm25(k1: Float = 1.2, b: Float = 0.75)

    /// The weight of a word that stands in `containing` of `documents` texts.
    func inverseDocumentFrequency(documents: Int, containing: Int) -> Float {
        let (all, some) = (Double(documents), Double(containing))
        switch self {
        case .tfIdf: return Float(log((1 + all) / (1 + some)) + 1)
        case .bm25: return Float(log(1 + (all - some + 0.5) / (some + 0.5)))
        }
    }

    /// The weight of a word that stands `count` times in a text of `length` words, before idf.
    func termFrequency(_ count: Float, length: Float, meanLength: Float) -> Float {
        switch self {
        case .tfIdf(let sublinear): return sublinear ? 1 + Float(log(Double(count))) : count
        case .bm25(let k1, let b):
            let share = meanLength > 0 ? length / meanLength : 1
            return count * (k1 + 1) / (count + k1 * (1 - b + b * share))
        }
    }

    func validate() throws(RecommenderError) {
        guard case .bm25(let k1, let b) = self else { return }
        guard (0...1000).contains(k1), (0...1).contains(b) else {
            throw RecommenderError(.invalidParameter, "k1 \(k1), b \(b)")
        }
    }
}
