import Foundation
import Recommenders

/// VMIS-kNN as its definition reads: every past session is compared, in `Double`, with nothing indexed.
struct DenseVMISKNN {
    let log: SessionLog
    let parameters: VMISKNNParameters

    func scores(after session: [Int]) -> [Double] {
        var scores = [Double](repeating: 0, count: log.itemCount)
        let last = Array(session.suffix(parameters.lastClicks))
        guard let current = last.last else { return scores }
        let sets = (0..<log.count).map { Set(log[$0].map(\.item)) }
        let lengths = sets.map(\.count).sorted()
        let rank = Int((parameters.lengthQuantile * Double(lengths.count)).rounded(.up))
        let longest = lengths[max(0, rank - 1)]
        let indexed = sets.indices.filter { sets[$0].count <= longest }
        let pairs = indexed.reduce(0) { $0 + sets[$1].count }

        // Newest first; among sessions of the same second the one that stands later in the log.
        let newest = indexed.sorted { left, right in
            let (leftEnd, rightEnd) = (log[left].last?.seconds ?? 0, log[right].last?.seconds ?? 0)
            return (leftEnd, left) > (rightEnd, right)
        }
        let recent = newest.filter { !sets[$0].isDisjoint(with: last) }.prefix(parameters.recentSessions)
        let distinct = Set(last)
        func similarity(_ past: Int) -> Int {
            distinct.filter(sets[past].contains).reduce(0) { $0 + 1 + (last.lastIndex(of: $1) ?? 0) }
        }
        let places = Dictionary(uniqueKeysWithValues: recent.enumerated().map { ($1, $0) })
        let ranked = recent.sorted { (left: Int, right: Int) -> Bool in
            let (leftSimilarity, rightSimilarity) = (similarity(left), similarity(right))
            return leftSimilarity != rightSimilarity
                ? leftSimilarity > rightSimilarity : places[left, default: 0] < places[right, default: 0]
        }
        let neighbours = ranked.prefix(parameters.neighbours)

        for neighbour in neighbours {
            let match = 1 + (last.reversed().firstIndex(where: sets[neighbour].contains) ?? 0)
            let weight = max(0, 1 - 0.1 * Double(match))
            for item in sets[neighbour] where item != current {
                let sessionsWithItem = indexed.count { sets[$0].contains(item) }
                let idf = Double(parameters.idfWeight) * Foundation.log(Double(pairs) / Double(sessionsWithItem))
                let given = weight * Double(similarity(neighbour)) / Double(distinct.count)
                scores[item] += given * (idf > 0 ? idf : 1)
            }
        }
        return scores
    }
}
