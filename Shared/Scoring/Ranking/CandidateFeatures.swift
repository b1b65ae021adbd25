import Foundation
public import Recommenders

/// The numbers that a ranker sees of a candidate: what each source says of it, what it is, and how much is known of the user.
///
/// The same code makes them when a ranker is fitted and when it serves; ``names`` are kept with the ranker, so that another
/// order or set is noticed.
public struct CandidateFeatures: Hashable, Sendable {
    /// The sources, in the order of their columns.
    public let sources: [CandidateSource]
    private let facts: ItemFacts

    /// Features of candidates that these sources propose.
    public init(sources: [CandidateSource], facts: ItemFacts) {
        self.sources = sources
        self.facts = facts
    }

    /// What the columns mean.
    public var names: [String] {
        sources.flatMap { ["\($0.rawValue).score", "\($0.rawValue).rank"] } + [
            "merged", "proposers", "popularity", "item-age-days", "history-length", "session-length",
            "category-overlap",
        ]
    }

    /// What is known when a list is asked for.
    public struct Request: Hashable, Sendable {
        /// The items of the history.
        public var history: [Int]
        /// How many of them belong to the open session.
        public var sessionLength: Int
        /// When, in seconds; `NaN` where times are unknown.
        public var seconds: Double

        /// Creates a request.
        public init(history: [Int], sessionLength: Int, seconds: Double) {
            self.history = history
            self.sessionLength = sessionLength
            self.seconds = seconds
        }

        /// A request after a history, oldest first: visits at most half an hour apart are one session.
        public init(after history: [SessionLog.Click], gap: Double = 1800) {
            let pairs = zip(history.dropLast(), history.dropFirst())
            let open = pairs.reversed().prefix { $1.seconds - $0.seconds <= gap }.count
            self.init(
                history: history.map(\.item),
                sessionLength: history.isEmpty ? 0 : open + 1,
                seconds: history.last?.seconds ?? .nan
            )
        }
    }

    /// A row per candidate, in the order of `candidates`: row-major, `NaN` for what a source does not say.
    ///
    /// `candidates` are merged from `proposals`, of which each item that a source proposes has a rank; scores are relative to
    /// the source's best.
    public func rows(
        of candidates: [Candidate],
        from proposals: [Proposals],
        for request: Request
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
        let tastes = categoryShares(of: request.history)
        let merged = candidates.first?.score ?? 0
        let history = log2(Float(request.history.count + 1))
        for (row, candidate) in candidates.enumerated() {
            let start = row * width + sources.count * 2
            if merged > 0 { rows[start] = candidate.score / merged }
            rows[start + 1] = Float(candidate.sources.count)
            rows[start + 2] = log2(facts.users[candidate.item] + 1)
            rows[start + 3] = Float((request.seconds - facts.firstSeen[candidate.item]) / 86_400)
            rows[start + 4] = history
            rows[start + 5] = Float(request.sessionLength)
            let categories = facts.categories[candidate.item]
            if !categories.isEmpty, !tastes.isEmpty {
                let sum = categories.reduce(Float.zero) { $0 + (tastes[$1] ?? 0) }
                rows[start + 6] = sum / Float(categories.count)
            }
        }
        return rows
    }

    /// The share of the history's items that have each category.
    private func categoryShares(of history: [Int]) -> [Int32: Float] {
        var shares: [Int32: Float] = [:]
        guard !history.isEmpty else { return shares }
        for item in history {
            for category in facts.categories[item] { shares[category, default: 0] += 1 }
        }
        return shares.mapValues { $0 / Float(history.count) }
    }
}
