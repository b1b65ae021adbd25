import Catalog
import Foundation
import Profiles
import Recommenders

extension CandidateFeatures {
    init(_ set: CandidateSet, catalog: [String: CatalogItem], draft: ListDraft) {
        self.init(count: set.candidates.count)
        var places: [Int: Int] = [:]
        for (place, candidate) in set.candidates.enumerated() { places[candidate.item] = place }
        for (proposals, source) in zip(set.proposals, set.sources) {
            guard let position = CandidateSource.all.firstIndex(of: proposals.source) else { continue }
            for (place, candidate) in set.candidates.enumerated() {
                self.set(place, 2 * position, source.scorer.score(of: candidate.item))
            }
            for (rank, proposal) in proposals.items.enumerated() {
                if let place = places[proposal.item] { self.set(place, 2 * position + 1, Float(rank + 1)) }
            }
        }
        let profile = draft.request.profile
        let (categories, creators) = (AffinityShares(profile.categories), AffinityShares(profile.creators))
        let popularity = draft.pipeline.bundle.models.popularity.scores
        let first = 2 * CandidateSource.all.count
        for (place, candidate) in set.candidates.enumerated() {
            let entry = catalog[draft.pipeline.id(of: candidate.item)]
            let users = candidate.item < popularity.count ? popularity[candidate.item] : 0
            let numbers: [Float] = [
                candidate.score, log1p(users), entry?.ageDays(at: draft.request.now) ?? .nan,
                Float(draft.taste.history.count), Float(draft.taste.clicks.count),
                entry.map { categories.share(of: $0.categories) } ?? .nan,
                entry.map { creators.share(of: $0.creator.map { [$0] } ?? []) } ?? .nan,
                draft.request.segment.map { Float($0) } ?? .nan,
            ]
            for (column, number) in numbers.enumerated() { self.set(place, first + column, number) }
        }
    }
}

/// How a user's affinity is shared out among the names of one kind.
private struct AffinityShares {
    private let shares: [String: Double]

    init(_ table: AffinityTable) {
        // In the order of the names: sums of doubles depend on it.
        let total = table.masses.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value.liked + $1.value.disliked }
        shares = total > 0 ? table.masses.mapValues { ($0.liked - $0.disliked) / total } : [:]
    }

    /// The mean share of the names; 0 without any.
    func share(of names: [String]) -> Float {
        guard !names.isEmpty else { return 0 }
        return Float(names.reduce(0) { $0 + (shares[$1] ?? 0) } / Double(names.count))
    }
}
