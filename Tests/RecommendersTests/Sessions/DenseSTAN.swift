import Foundation
import Recommenders

/// V-STAN as its definition reads, in `Double`, with nothing indexed.
struct DenseSTAN {
    let log: SessionLog
    let parameters: STANParameters

    func scores(after session: [Int], seconds: Double) -> [Double] {
        var scores = [Double](repeating: 0, count: log.itemCount)
        let open = Array(session.suffix(parameters.lastClicks))
        let pasts = (0..<log.count).map { log[$0].map(\.item) }
        let ends = (0..<log.count).map { log[$0].last?.seconds ?? 0 }
        // d: how many clicks before the last one an item was clicked last.
        func distance(_ item: Int) -> Double { Double(open.count - 1 - (open.lastIndex(of: item) ?? 0)) }
        func decay(_ distance: Double, _ lambda: Float?) -> Double { lambda.map { exp(-distance / Double($0)) } ?? 1 }
        func weight(_ item: Int) -> Double { decay(distance(item), parameters.clickDecay) }
        let norm = Set(open).map { weight($0) * weight($0) }.reduce(0, +).squareRoot()
        func similarity(_ past: Int) -> Double {
            let items = Set(pasts[past])
            let shared = items.intersection(open).map(weight).reduce(0, +)
            let age = max(0, seconds - ends[past]) / 86_400
            let recency = parameters.recencyDays.map { exp(-age / $0) } ?? 1
            return shared / (norm * Double(items.count).squareRoot()) * recency
        }
        let newest = pasts.indices.sorted { (ends[$0], $0) > (ends[$1], $1) }
        let recent = newest.filter { !Set(pasts[$0]).isDisjoint(with: open) }.prefix(parameters.recentSessions)
        let similarities = recent.map(similarity)
        let ranked = recent.indices.sorted { (left: Int, right: Int) -> Bool in
            // The fast one computes in Float: what differs by less is a tie, and goes to the newer one.
            let difference = similarities[left] - similarities[right]
            return abs(difference) > 1e-7 ? difference > 0 : left < right
        }
        for neighbour in ranked.prefix(parameters.neighbours) {
            let past = pasts[recent[neighbour]]
            let lastShared = past.lastIndex { open.contains($0) } ?? 0
            let match: Double = Set(past).intersection(open).map(distance).min() ?? 0
            for item in Set(past) {
                let place = past.lastIndex(of: item) ?? 0
                let known = pasts.count { $0.contains(item) }
                let idf = Foundation.log(Double(pasts.count) / Double(known))
                let near = decay(Double(Swift.abs(place - lastShared)), parameters.placeDecay)
                let rarity = 1 + Double(parameters.idfWeight) * idf
                scores[item] += similarities[neighbour] * near * rarity * decay(match, parameters.matchDecay)
            }
        }
        return scores
    }
}
