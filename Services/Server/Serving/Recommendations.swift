import Events
import Stores

/// Answers with a list whatever happens: the user's own, else what is trending, else an empty one.
struct Recommendations: Sendable {
    /// Why the list is not the user's own.
    enum Fallback: String, Sendable {
        /// The user has no list yet.
        case trending
        /// The store is away; this is what was trending before.
        case trendingCached = "trending-cached"
        /// Nothing is known at all.
        case none
    }

    /// A list with the catalog's entries.
    struct Answer: Sendable {
        /// The best first.
        var entries: [RecommendationList.Entry] = []
        /// Beside the entries, `nil` where the catalog has none.
        var cards: [ItemCard?] = []
        /// The titles of the items that reasons name.
        var reasonTitles: [String: String] = [:]
        /// The revision of the profile that the list follows from; `nil` when it is not the user's own.
        var profileRevision: UInt64?
        /// The version of the model; `nil` when none was needed.
        var modelVersion: UInt64?
        /// What chose the list, as clients send it back: the name of the models and their version; `nil` without a model.
        var policy: String? { modelVersion.map { "blend@\($0)" } }
        /// Why it is not the user's own; `nil` when it is, or when it was not meant to be.
        var fallback: Fallback?
    }

    let store: any ServingStore
    let cards: ItemCards
    private let trending: TrendingCache

    init(store: any ServingStore, cards: ItemCards) {
        self.store = store
        self.cards = cards
        trending = TrendingCache(store: store)
    }

    /// The best `limit` for a user: one round trip while the cards are known.
    ///
    /// Throws only when the store is away and nothing was kept.
    func personal(for user: UserKey, limit: Int) async throws(StoreError) -> Answer {
        let own: RecommendationList?
        do {
            own = try await store.recommendations(for: user)
        } catch {
            // A list that cannot be read is as good as none.
            guard !error.isRetriable else { return try await kept(limit: limit, error) }
            own = nil
        }
        if let own, !own.entries.isEmpty {
            var answer = try await filled(own.entries, limit: limit)
            answer.profileRevision = own.profileRevision
            answer.modelVersion = own.modelVersion == 0 ? nil : own.modelVersion
            return answer
        }
        var answer = try await whatIsTrending(limit: limit)
        answer.fallback = answer.entries.isEmpty ? Fallback.none : .trending
        return answer
    }

    /// What many people use now.
    func whatIsTrending(limit: Int) async throws(StoreError) -> Answer {
        try await filled(Self.entries(try await trending.items(), source: "trending"), limit: limit)
    }

    /// What goes well with an item.
    func similar(to item: String, limit: Int) async throws(StoreError) -> Answer {
        let found: [RankedItem]
        do {
            found = try await store.similar(to: item) ?? []
        } catch {
            guard !error.isRetriable else { throw error }
            found = []
        }
        return try await filled(Self.entries(found, source: "similar"), limit: limit)
    }

    private func kept(limit: Int, _ error: StoreError) async throws(StoreError) -> Answer {
        let last = trending.last
        guard !last.isEmpty else { throw error }
        var answer = try await filled(Self.entries(last, source: "trending"), limit: limit)
        answer.fallback = .trendingCached
        return answer
    }

    private static func entries(_ items: [RankedItem], source: String) -> [RecommendationList.Entry] {
        items.map { RecommendationList.Entry(itemID: $0.itemID, score: $0.score, source: source) }
    }

    /// Adds the catalog's entries, leaving out what must not be shown any more.
    private func filled(
        _ entries: [RecommendationList.Entry],
        limit: Int
    ) async throws(StoreError) -> Answer {
        // A few more than wanted, for those that have become unavailable.
        let candidates = entries.prefix(limit + 10)
        var ids = candidates.map(\.itemID)
        // Reasons name few items, most of them several times.
        var causes: [String] = []
        for case let cause? in candidates.lazy.map(\.reason?.itemID) where !causes.contains(cause) {
            causes.append(cause)
        }
        ids += causes
        let found = try await cards.cards(ids)
        var answer = Answer()
        answer.entries.reserveCapacity(limit)
        answer.cards.reserveCapacity(limit)
        for (entry, card) in zip(candidates, found) where answer.cards.count < limit {
            if let card, !card.isAvailable { continue }
            answer.entries.append(entry)
            answer.cards.append(card)
        }
        for (id, card) in zip(causes, found[candidates.count...]) { answer.reasonTitles[id] = card?.title }
        return answer
    }
}
