import Foundation
@testable import Recommenders

/// Descriptions with a seed: few words, tags and creators, so that items have some in common.
enum RandomContents {
    /// The item that always lacks a description, unless there are fewer.
    static let emptyItem = 4

    static func items(count: Int, seed: UInt64) -> [ItemContent] {
        var random = RandomSource(seed: seed)
        return (0..<count).map { item in
            guard item != emptyItem else { return ItemContent() }
            func number(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
            let words = (0..<number(12)).map { _ in "word\(number(5) * number(5))" }
            let tags = (0..<number(3)).map { _ in (0...number(3)).map { "level\($0) \(number(2))" } }
            let creators = (0..<number(3)).map { _ in "creator \(number(6))" }
            let vector = number(4) == 0 ? [] : (0..<3).map { _ in random.uniform() - 0.5 }
            return ItemContent(text: words.joined(separator: ", "), tags: tags, creators: creators, vector: vector)
        }
    }
}

/// The vectors of items by the formulas, dense and in `Double`, without latent semantic analysis.
struct DenseContents {
    let rows: DenseReference.Matrix
    private let parameters: ContentParameters

    init(_ contents: [ItemContent], _ parameters: ContentParameters) {
        self.parameters = parameters
        let weights = parameters.weights
        let blocks: [(DenseReference.Matrix, Float)] = [
            (Self.text(contents, parameters), weights.text),
            (Self.withIDF(contents.map { Self.tags($0, decay: Double(parameters.tagDecay)) }), weights.tags),
            (
                Self.withIDF(contents.map { Dictionary($0.creators.map { ($0, 1.0) }, uniquingKeysWith: max) }),
                weights.creators
            ),
            (contents.map { $0.vector.isEmpty ? [0, 0, 0] : $0.vector.map(Double.init) }, weights.vector),
        ]
        let total = parameters.similarity == .cosine ? Double(blocks.reduce(0) { $0 + $1.1 }) : 1
        rows = contents.indices.map { item in
            blocks.flatMap { block, weight in
                Self.unit(block[item]).map { $0 * (Double(weight) / total).squareRoot() }
            }
        }
    }

    /// The vectors have at most length one for the cosine.
    func similarity(_ left: [Double], _ right: [Double]) -> Double {
        guard parameters.similarity == .euclidean else { return DenseReference.dot(left, right) }
        guard left.contains(where: { $0 != 0 }), right.contains(where: { $0 != 0 }) else { return 0 }
        return 1 / (1 + zip(left, right).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot())
    }

    func scores(_ history: [WeightedItem]) -> [Double] {
        let known = history.filter { entry in rows[entry.item].contains { $0 != 0 } }
        if parameters.combination == .sumOfSimilarities {
            return rows.map { row in
                known.reduce(0) { $0 + Double($1.weight) * similarity(row, rows[$1.item]) }
            }
        }
        let total = known.reduce(0) { $0 + Double($1.weight) }
        let profile = rows[0].indices.map { column in
            known.reduce(0) { $0 + Double($1.weight) * rows[$1.item][column] } / total
        }
        let isCosine = parameters.similarity == .cosine
        return rows.map { similarity($0, isCosine ? Self.unit(profile) : profile) }
    }

    static func unit(_ row: [Double]) -> [Double] {
        let length = DenseReference.dot(row, row).squareRoot()
        return length > 0 ? row.map { $0 / length } : row
    }

    private static func text(_ contents: [ItemContent], _ parameters: ContentParameters) -> DenseReference.Matrix {
        let texts = contents.map { $0.text.split(separator: ", ").map(String.init) }
        let filled = texts.filter { !$0.isEmpty }
        let documents = Double(filled.count)
        let meanLength = Double(filled.reduce(0) { $0 + $1.count }) / documents
        let words = Set(texts.flatMap { $0 }).sorted().filter { word in
            let containing = filled.filter { $0.contains(word) }.count
            return containing >= parameters.minimumItems
                && Double(containing) <= Double(parameters.maximumShare) * documents
        }
        return texts.map { text in
            words.map { word -> Double in
                let count = Double(text.filter { $0 == word }.count)
                let containing = Double(filled.filter { $0.contains(word) }.count)
                guard count > 0 else { return 0 }
                switch parameters.textWeighting {
                case .tfIdf(let sublinear):
                    let frequency = sublinear ? 1 + log(count) : count
                    return frequency * idf(documents, containing)
                case .bm25(let k1, let b):
                    let norm: Double = 1 - Double(b) + Double(b) * Double(text.count) / meanLength
                    let frequency: Double = count * Double(k1 + 1) / (count + Double(k1) * norm)
                    return frequency * log(1 + (documents - containing + 0.5) / (containing + 0.5))
                }
            }
        }
    }

    private static func idf(_ documents: Double, _ containing: Double) -> Double {
        log((1 + documents) / (1 + containing)) + 1
    }

    private static func tags(_ content: ItemContent, decay: Double) -> [String: Double] {
        var weights: [String: Double] = [:]
        for tag in content.tags {
            for length in 1...tag.count {
                var weight = 1.0
                for _ in length..<tag.count { weight *= decay }
                weights[tag.prefix(length).joined(separator: "/"), default: 0].raise(to: weight)
            }
        }
        return weights
    }

    private static func withIDF(_ items: [[String: Double]]) -> DenseReference.Matrix {
        let filled = Double(items.filter { !$0.isEmpty }.count)
        let features = Set(items.flatMap(\.keys)).sorted()
        return items.map { item in
            features.map { feature in
                let containing = Double(items.filter { $0[feature] != nil }.count)
                return (item[feature] ?? 0) * idf(filled, containing)
            }
        }
    }
}

extension Double {
    fileprivate mutating func raise(to value: Double) { self = Swift.max(self, value) }
}
