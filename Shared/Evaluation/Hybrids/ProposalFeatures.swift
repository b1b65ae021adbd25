import Foundation
import Recommenders

/// The numbers that a ranker sees of a candidate: what each source says of it, what it is, and how much is known of the user.
///
/// The same code makes them when a ranker is fitted and when it serves; ``names`` are kept with the ranker, so that another
/// order or set is noticed.
struct ProposalFeatures: Hashable, Sendable {
    /// The sources, in the order of their columns.
    let sources: [CandidateSource]
    private let facts: ItemFacts

    /// Features of candidates that these sources propose.
    init(_ sources: FittedSources) {
        self.sources = sources.sources
        facts = sources.facts
    }

    /// What the columns mean.
    var names: [String] {
        sources.flatMap { ["\($0.rawValue).score", "\($0.rawValue).rank"] } + [
            "merged", "proposers", "popularity", "item-age-days", "history-length", "session-length",
            "category-overlap",
        ]
    }

    /// A row per candidate, in the order of `candidates`: row-major, `NaN` for what a source does not say.
    ///
    /// `candidates` are merged from `proposals`, of which each item that a source proposes has a rank; scores are relative to
    /// the source's best.
    func rows(
        of candidates: [Candidate],
        from proposals: [Proposals],
        after history: [Visit]
    ) -> [Float] {
        let width = sources.count * 2 + 7
        var rows = [Float](repeating: .nan, count: candidates.count * width)
        var place = Dictionary<Int, Int>(minimumCapacity: candidates.count)
        for (row, candidate) in candidates.enumerated() { place[candidate.item] = row }
        for source in proposals {
            guard let column = sources.firstIndex(of: source.source) else { continue }
            let best = source.items.first?.score ?? 0
            for (rank, item) in source.items.enumerated() {
                guard let row = place[item.item] else { continue }
                let start = row * width + column * 2
                if best > 0 { rows[start] = item.score / best }
                rows[start + 1] = log2(Float(rank + 1))
            }
        }
        let tastes = categoryShares(of: history)
        let merged = candidates.first?.score ?? 0
        let length = log2(Float(history.count + 1))
        let session = Float(Self.openSession(of: history))
        let now = history.last?.seconds ?? .nan
        for (row, candidate) in candidates.enumerated() {
            let start = row * width + sources.count * 2
            if merged > 0 { rows[start] = candidate.score / merged }
            rows[start + 1] = Float(candidate.sources.count)
            rows[start + 2] = log2(facts.users[candidate.item] + 1)
            rows[start + 3] = Float((now - facts.firstSeen[candidate.item]) / 86_400)
            rows[start + 4] = length
            rows[start + 5] = session
            let categories = facts.categories[candidate.item]
            if !categories.isEmpty, !tastes.isEmpty {
                let sum = categories.reduce(Float.zero) { $0 + (tastes[$1] ?? 0) }
                rows[start + 6] = sum / Float(categories.count)
            }
        }
        return rows
    }

    /// How many of the latest visits are at most half an hour apart.
    private static func openSession(of history: [Visit]) -> Int {
        let pairs = zip(history.dropLast(), history.dropFirst())
        return history.isEmpty ? 0 : 1 + pairs.reversed().prefix { $1.seconds - $0.seconds <= 1800 }.count
    }

    /// The share of the history's items that have each category.
    private func categoryShares(of history: [Visit]) -> [Int32: Float] {
        var shares: [Int32: Float] = [:]
        guard !history.isEmpty else { return shares }
        for visit in history {
            for category in facts.categories[visit.item] { shares[category, default: 0] += 1 }
        }
        return shares.mapValues { $0 / Float(history.count) }
    }
}
