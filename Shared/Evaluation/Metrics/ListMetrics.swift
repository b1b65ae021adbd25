import Foundation

/// The accuracy of one list, at any cutoff.
public struct ListMetrics: Sendable {
    /// The ranks (from 1) of the wanted items that the list holds, ascending.
    private let hits: [Int]
    private let wantedCount: Int
    private let recallCount: Int
    /// The rank of the very next item, for sessions.
    private let nextRank: Int?
    private let isSession: Bool

    /// Looks up a list, best first; `wanted` holds each item once; recall divides by `wantedCount`.
    public init(list: [Int], wanted: [Int], wantedCount: Int? = nil, next: Int? = nil) {
        let wanted = Set(wanted)
        hits = list.indices.filter { wanted.contains(list[$0]) }.map { $0 + 1 }
        self.wantedCount = wanted.count
        recallCount = wantedCount ?? wanted.count
        nextRank = next.flatMap { list.firstIndex(of: $0) }.map { $0 + 1 }
        isSession = next != nil
    }

    /// The value of an accuracy measure; 0 for others, and when nothing is wanted.
    public func value(of measure: Measure, at cutoff: Int) -> Double {
        guard wantedCount > 0, cutoff > 0 else { return 0 }
        let hits = hits.prefix { $0 <= cutoff }
        let best = min(wantedCount, cutoff)
        switch measure {
        case .precision: return Double(hits.count) / Double(cutoff)
        case .recall: return Double(hits.count) / Double(recallCount)
        case .map:
            let sum = hits.enumerated().reduce(0.0) { $0 + Double($1.offset + 1) / Double($1.element) }
            return sum / Double(best)
        case .mrr: return first(at: cutoff).map { 1 / Double($0) } ?? 0
        case .hitRate: return first(at: cutoff) == nil ? 0 : 1
        case .ndcg:
            let ideal = (1...best).reduce(0.0) { $0 + Self.discount($1) }
            return hits.reduce(0.0) { $0 + Self.discount($1) } / ideal
        case .diversity, .novelty, .popularity, .newRecall: return 0
        }
    }

    private func first(at cutoff: Int) -> Int? {
        guard let rank = isSession ? nextRank : hits.first, rank <= cutoff else { return nil }
        return rank
    }

    private static func discount(_ rank: Int) -> Double { 1 / log2(Double(rank) + 1) }
}
