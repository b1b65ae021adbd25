public import Catalog
import Events
import Profiles
import Ranking
public import Recommenders

/// One user's list, being made.
///
/// First what may not be in it is known (``itemsUsedUp``), then who proposes what (``propose(repeatable:)``), and last, when
/// the catalog has said what it knows of the candidates, the list (``list(_:length:catalog:)``).
public struct ListDraft: Sendable {
    let request: ListRequest
    let pipeline: ListPipeline
    let taste: Taste
    private let clock: StageClock
    private let sources: [UserSource]

    init(_ request: ListRequest, pipeline: ListPipeline, clock: StageClock) throws(RecommenderError) {
        self.request = request
        self.pipeline = pipeline
        self.clock = clock
        (taste, sources) = try clock.measure(.taste) { () throws(RecommenderError) in
            let taste = Taste(request.profile, policy: pipeline.taste, index: pipeline.index)
            return (taste, try UserSource.all(for: request, taste, pipeline))
        }
    }

    /// The items whose catalog entries decide whether they may be recommended again.
    public var itemsUsedUp: [String] {
        request.profile.items.compactMap { id, signal in
            pipeline.index(of: id) != nil && !signal.isRejected && pipeline.exclusion.isUsedUp(signal) ? id : nil
        }
    }

    /// Asks all sources, and merges what they propose; `repeatable` are those used up that may come again.
    public func propose(repeatable: Set<String>) -> CandidateSet {
        var excluded = ItemSet(itemCount: pipeline.itemCount)
        for (id, signal) in request.profile.items {
            guard let item = pipeline.index(of: id) else { continue }
            if signal.isRejected || (pipeline.exclusion.isUsedUp(signal) && !repeatable.contains(id)) {
                excluded.insert(item)
            }
        }
        var sources = sources
        var proposals: [Proposals] = []
        for place in sources.indices {
            let stage = PipelineStage.source(sources[place].plan.name)
            proposals.append(clock.measure(stage) { sources[place].propose(excluding: excluded) })
        }
        let plan = pipeline.plan
        return clock.measure(.merge) {
            var candidates = plan.candidateMerge(proposals, limit: plan.depth)
            if candidates.count < plan.depth { fill(&candidates, to: plan.depth, excluding: excluded) }
            return CandidateSet(
                candidates: candidates,
                proposals: proposals,
                sources: sources,
                newItems: drawnNewItems(excluding: excluded)
            )
        }
    }

    /// The numbers that a ranker sees, one row per candidate; `catalog` holds their entries where there are any.
    public func features(_ set: CandidateSet, catalog: [String: CatalogItem]) -> CandidateFeatures {
        CandidateFeatures(set, catalog: catalog, draft: self)
    }

    /// The list of at most `length` items; `catalog` holds the entries of candidates and new items where there are any.
    ///
    /// Items that the catalog calls unavailable are not in it. With `count` only so many of the best candidates are looked at,
    /// those whose entries are in `catalog`: a list that is shorter for it needs the others as well.
    public func list(
        _ set: CandidateSet,
        length: Int,
        catalog: [String: CatalogItem],
        among count: Int = .max
    ) -> [RecommendedItem] {
        func isAvailable(_ item: Int) -> Bool { catalog[pipeline.id(of: item)]?.isAvailable ?? true }
        var set = set
        set.candidates.removeSubrange(min(count, set.candidates.count)...)
        set.candidates.removeAll { !isAvailable($0.item) }
        set.newItems.removeAll { !isAvailable($0) }
        if let ranker = pipeline.ranker {
            clock.measure(.rank) { set.candidates = ranked(set, by: ranker, catalog: catalog) }
        }
        let list = clock.measure(.policies) {
            let ordered = ListPolicies(request, pipeline, length: length).order(set.candidates, catalog: catalog)
            return withNewItems(set.newItems, in: ordered, length: length)
        }
        return clock.measure(.reasons) {
            list.map { candidate in
                RecommendedItem(
                    itemID: pipeline.id(of: candidate.item),
                    score: candidate.score,
                    sources: candidate.sources,
                    reason: reason(for: candidate, by: set.sources)
                )
            }
        }
    }

    /// The candidates by the ranker's scores, ties in their order.
    private func ranked(
        _ set: CandidateSet,
        by ranker: LambdaMARTRanker,
        catalog: [String: CatalogItem]
    ) -> [Candidate] {
        // The features are the ranker's own, by their names.
        guard let scores = try? ranker.scores(features(set, catalog: catalog).values) else { return set.candidates }
        return scores.indices.sorted { (scores[$0], $1) > (scores[$1], $0) }.map { place in
            var candidate = set.candidates[place]
            candidate.score = scores[place]
            return candidate
        }
    }

    /// Popular items that are not there yet, scored below all others: a list is never short while there are items.
    private func fill(_ candidates: inout [Candidate], to count: Int, excluding excluded: ItemSet) {
        var excluded = excluded
        for candidate in candidates { excluded.insert(candidate.item) }
        let ceiling = min(candidates.last?.score ?? 1, 1)
        for item in pipeline.popular where !excluded.contains(item.item) {
            guard candidates.count < count else { return }
            let score = ceiling / Float(candidates.count + 2)
            candidates.append(
                Candidate(item: item.item, score: score, sources: [.init(source: .popular, amount: score)])
            )
        }
    }

    /// New items for the places that the plan gives them, drawn by lot from the newest; twice as many as places, in case
    /// some are unavailable.
    private func drawnNewItems(excluding excluded: ItemSet) -> [Int] {
        let exploration = pipeline.plan.exploration
        let places = exploration.places(in: pipeline.plan.depth).count
        guard places > 0 else { return [] }
        let first = pipeline.bundle.itemIDs.count
        var pool = Array(first..<first + min(pipeline.newItems.count, exploration.pool))
        let oldest = request.now.milliseconds - Int64(exploration.days * 86_400_000)
        let young = pipeline.unusedItems.prefix(exploration.pool - pool.count)
            .prefix { $0.createdAt.milliseconds > oldest }
        pool += young.map(\.item)
        pool.removeAll(where: excluded.contains)
        guard !pool.isEmpty else { return [] }
        let start = Int(request.seed % UInt64(pool.count))
        return (0..<min(pool.count, 2 * places)).map { pool[(start + $0) % pool.count] }
    }

    /// The list with new items at their places; one that is in it anyway stays where it is.
    private func withNewItems(_ items: [Int], in list: [Candidate], length: Int) -> [Candidate] {
        var list = list
        let shown = Set(list.prefix(length).map(\.item))
        var waiting = items.filter { !shown.contains($0) }[...]
        for place in pipeline.plan.exploration.places(in: length) where place <= list.count {
            guard let item = waiting.popFirst() else { break }
            list.removeAll { $0.item == item }
            let score = place > 0 ? list[place - 1].score : list.first?.score ?? 1
            list.insert(Candidate(item: item, score: score, sources: [.init(source: .new, amount: score)]), at: place)
        }
        return Array(list.prefix(length))
    }

    /// Why a candidate is there: the item of the history that speaks most for it in the source with the largest share that
    /// has such an item; `nil` when none has.
    private func reason(for candidate: Candidate, by sources: [UserSource]) -> RecommendationReason? {
        for share in candidate.sources {
            guard let source = sources.first(where: { $0.plan.name == share.source }),
                let item = source.scorer.reason(for: candidate.item), let signal = taste.signals[item]
            else { continue }
            return RecommendationReason(signal.type, itemID: pipeline.id(of: item))
        }
        return nil
    }
}

/// What the sources proposed for one list.
public struct CandidateSet: Sendable {
    /// The merged candidates, best first.
    public internal(set) var candidates: [Candidate]
    /// What each source proposed, in the order of the plan.
    let proposals: [Proposals]
    /// The sources, which know by now what they make of the candidates.
    let sources: [UserSource]
    /// New items for the places that the plan gives them.
    var newItems: [Int]

    /// The items of the best candidates and the new items: those whose catalog entries are needed.
    public func items(first count: Int = .max) -> [Int] { candidates.prefix(count).map(\.item) + newItems }
}
