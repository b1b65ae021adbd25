import Glibc

/// What each item (or user) brings to its similarities, computed once, so that a pair costs its product and a division.
struct SimilarityTerms: Sendable {
    /// What one of a pair brings.
    struct Term: Hashable, Sendable {
        /// As the one that stands in a history.
        var source: Float = 0
        /// As the target of a score.
        var target: Float = 0
        /// The sum of its weights over √N, for the correlation.
        var mean: Float = 0
    }

    private(set) var terms: [Term]
    private let similarity: NeighbourSimilarity
    private let shrinkage: Float
    /// How many users (or items) were asked.
    private let population: Int
    private let ratio: LogLikelihoodRatio?

    /// One term for each row of weights.
    init(_ rows: SparseRows, population: Int, similarity: NeighbourSimilarity, shrinkage: Float) {
        self.init(population: population, similarity: similarity, shrinkage: shrinkage)
        terms = rows.values.withUnsafeBufferPointer { values in
            (0..<rows.rowCount).map { term(of: UnsafeBufferPointer(rebasing: values[rows.range(of: $0)])) }
        }
    }

    /// Terms of sets of these sizes.
    init(counts: [Int], population: Int, similarity: NeighbourSimilarity, shrinkage: Float) {
        self.init(population: population, similarity: similarity, shrinkage: shrinkage)
        terms = counts.map { term(squares: Double($0), sum: Double($0), count: $0) }
    }

    private init(population: Int, similarity: NeighbourSimilarity, shrinkage: Float) {
        self.similarity = similarity
        self.shrinkage = shrinkage
        self.population = population
        ratio = similarity == .logLikelihood ? LogLikelihoodRatio(population: population) : nil
        terms = []
    }

    /// What weights make as a term.
    func term(of weights: UnsafeBufferPointer<Float>) -> Term {
        var (squares, sum) = (0.0, 0.0)
        for weight in weights {
            squares += Double(weight) * Double(weight)
            sum += Double(weight)
        }
        return term(squares: squares, sum: sum, count: weights.count)
    }

    /// Replaces the term of a set that has changed its size.
    mutating func setCount(_ count: Int, of index: Int) {
        terms[index] = term(squares: Double(count), sum: Double(count), count: count)
    }

    /// Adds the term of one more set.
    mutating func appendCount(_ count: Int) {
        terms.append(term(squares: Double(count), sum: Double(count), count: count))
    }

    private func term(squares: Double, sum: Double, count: Int) -> Term {
        switch similarity {
        case .cosine:
            let norm = Float(squares.squareRoot())
            return Term(source: norm, target: norm)
        case .asymmetricCosine(let alpha):
            // An empty row has similarity zero with everything, whatever its norm is called.
            guard squares > 0 else { return Term() }
            return Term(source: Float(pow(squares, 1 - Double(alpha))), target: Float(pow(squares, Double(alpha))))
        case .pearson:
            let mean = sum / Double(population).squareRoot()
            let norm = Float(max(0, squares - mean * mean).squareRoot())
            return Term(source: norm, target: norm, mean: Float(mean))
        case .jaccard, .logLikelihood: return Term(source: Float(count), target: Float(count))
        }
    }

    /// Turns the products of `target` with `others` into similarities.
    func similarities(
        target: Term,
        others: UnsafeBufferPointer<Int32>,
        products: UnsafeMutableBufferPointer<Float>
    ) {
        terms.withUnsafeBufferPointer { terms in
            for index in 0..<others.count {
                products[index] = similarity(products[index], terms[Int(others[index])], target)
            }
        }
    }

    /// The similarity of a pair.
    func similarity(_ product: Float, _ source: Term, _ target: Term) -> Float {
        switch similarity {
        case .cosine, .asymmetricCosine: return product / (source.source * target.target + shrinkage + 1e-6)
        case .pearson:
            // Never above what Cauchy and Schwarz allow: rounding must not make neighbours of what everybody has.
            let norms = source.source * target.target
            return min(product - source.mean * target.mean, norms) / (norms + shrinkage + 1e-6)
        case .jaccard: return product / (source.source + target.target - product + shrinkage + 1e-6)
        case .logLikelihood:
            guard let ratio, product > 0 else { return 0 }
            let value = ratio(together: Int(product), first: Int(source.source), second: Int(target.target))
            return Float(1 - 1 / (1 + value)) * product / (product + shrinkage)
        }
    }
}
