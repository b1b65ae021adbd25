import Foundation

@testable import Recommenders

/// Similarities by their definitions, dense and in `Double`.
enum DenseNeighbourhood {
    typealias Matrix = DenseReference.Matrix

    static let similarities: [NeighbourSimilarity] = [
        .cosine, .asymmetricCosine(alpha: 0.3), .pearson, .jaccard, .logLikelihood,
    ]

    static func weighted(_ documents: Matrix, by weighting: InteractionWeighting) -> Matrix {
        let terms = documents.first?.indices ?? 0..<0
        let rarity = terms.map { term in
            log(Double(documents.count) / Double(1 + documents.filter { $0[term] > 0 }.count))
        }
        let lengths = documents.map { $0.reduce(0, +) }
        let meanLength = lengths.reduce(0, +) / Double(documents.count)
        return zip(documents, lengths).map { document, length in
            zip(document, rarity).map { weight, rarity in
                switch weighting {
                case .binary: return weight > 0 ? 1 : 0
                case .weighted: return weight
                case .tfIDF: return weight * rarity
                case .bm25(let saturation, let normalisation):
                    let (k, b) = (Double(saturation), Double(normalisation))
                    return weight * (k + 1) / (k * (1 - b + b * length / meanLength) + weight) * rarity
                }
            }
        }
    }

    static func similarity(
        _ kind: NeighbourSimilarity,
        source: [Double],
        target: [Double],
        shrinkage: Double
    ) -> Double {
        let product = DenseReference.dot(source, target)
        let (sourceSquares, targetSquares) = (DenseReference.dot(source, source), DenseReference.dot(target, target))
        let count = Double(source.count)
        switch kind {
        case .cosine: return product / ((sourceSquares * targetSquares).squareRoot() + shrinkage + 1e-6)
        case .asymmetricCosine(let alpha):
            let denominator = pow(targetSquares, Double(alpha)) * pow(sourceSquares, 1 - Double(alpha))
            return product / (denominator + shrinkage + 1e-6)
        case .pearson:
            let (sourceMean, targetMean) = (source.reduce(0, +) / count, target.reduce(0, +) / count)
            let left = source.map { $0 - sourceMean }
            let right = target.map { $0 - targetMean }
            let norms = (DenseReference.dot(left, left) * DenseReference.dot(right, right)).squareRoot()
            return product > 0 ? DenseReference.dot(left, right) / (norms + shrinkage + 1e-6) : 0
        case .jaccard: return product / (sourceSquares + targetSquares - product + shrinkage + 1e-6)
        case .logLikelihood:
            guard product > 0 else { return 0 }
            let table = [
                [product, sourceSquares - product],
                [targetSquares - product, count - sourceSquares - targetSquares + product],
            ]
            return (1 - 1 / (1 + ratio(table))) * product / (product + shrinkage)
        }
    }

    /// Dunning's ratio as twice the sum of n · ln(n / expected n).
    static func ratio(_ table: [[Double]]) -> Double {
        let total = table.joined().reduce(0, +)
        var sum = 0.0
        for row in 0...1 {
            for column in 0...1 where table[row][column] > 0 {
                let expected = (table[row][0] + table[row][1]) * (table[0][column] + table[1][column]) / total
                sum += table[row][column] * log(table[row][column] / expected)
            }
        }
        return 2 * sum
    }

    /// S[source][target] with the best `limit` positive cells of each column, ties by ascending source.
    static func similarities(
        _ documents: Matrix,
        _ kind: NeighbourSimilarity,
        shrinkage: Double,
        limit: Int
    ) -> Matrix {
        let all = documents.indices.map { source in
            documents.indices.map { target in
                source == target
                    ? 0
                    : similarity(
                        kind,
                        source: documents[source],
                        target: documents[target],
                        shrinkage: shrinkage
                    )
            }
        }
        return keepingBest(limit, ofColumnsOf: all)
    }

    static func keepingBest(_ limit: Int, ofColumnsOf matrix: Matrix) -> Matrix {
        transposed(keepingBest(limit, ofRowsOf: transposed(matrix)))
    }

    static func keepingBest(_ limit: Int, ofRowsOf matrix: Matrix) -> Matrix {
        matrix.map { row in
            let kept = row.indices.sorted { (-row[$0], $0) < (-row[$1], $1) }.prefix(limit)
            var cut = [Double](repeating: 0, count: row.count)
            for column in kept where row[column] > 0 { cut[column] = row[column] }
            return cut
        }
    }

    static func transposed(_ matrix: Matrix) -> Matrix {
        (matrix.first?.indices ?? 0..<0).map { column in matrix.map { $0[column] } }
    }

    static func product(_ left: Matrix, _ right: Matrix) -> Matrix {
        let columns = transposed(right)
        return left.map { row in columns.map { DenseReference.dot(row, $0) } }
    }

    static func dense(_ weights: ItemWeights) -> Matrix {
        DenseReference.matrix(weights.bySource, columnCount: weights.targetCount)
    }

    /// The largest difference between two matrices.
    static func difference(_ left: Matrix, _ right: Matrix) -> Double {
        zip(left.joined(), right.joined()).map { abs($0 - $1) }.max() ?? .infinity
    }
}
