import Catalog
import NIOConcurrencyHelpers
import Stores

/// The catalog entries that lists show, kept in the process for a while.
///
/// A list of cards that are all here costs no round trip. What is older than `lifetime` is read again; what the catalog
/// does not have is asked for again sooner.
final class ItemCards: Sendable {
    private struct Kept {
        var card: ItemCard?
        var readAt: ContinuousClock.Instant
    }

    private let store: any ServingStore
    private let lifetime: Duration
    private let capacity: Int
    private let kept = NIOLockedValueBox<[String: Kept]>([:])

    init(store: any ServingStore, lifetime: Duration, capacity: Int) {
        self.store = store
        self.lifetime = lifetime
        self.capacity = capacity
    }

    /// The cards of `ids`, in their order; at most one round trip.
    ///
    /// When the store is away, old cards are better than none; throws only if one of the ids was never read.
    func cards(_ ids: [String], now: ContinuousClock.Instant = .now) async throws(StoreError) -> [ItemCard?] {
        var cards: [ItemCard?] = []
        cards.reserveCapacity(ids.count)
        var wanted: [Int] = []
        var isComplete = true
        kept.withLockedValue { kept in
            for (index, id) in ids.enumerated() {
                let known = kept[id]
                cards.append(known?.card)
                if known.map({ isOld($0, now) }) ?? true { wanted.append(index) }
                if known == nil { isComplete = false }
            }
        }
        guard !wanted.isEmpty else { return cards }
        do {
            let items = try await store.items(wanted.map { ids[$0] })
            for (index, item) in zip(wanted, items) { cards[index] = item.map(ItemCard.init) }
        } catch {
            guard isComplete else { throw error }
            return cards
        }
        keep(wanted.map { (ids[$0], cards[$0]) }, now)
        return cards
    }

    /// What the catalog did not have may be there any moment.
    private func isOld(_ kept: Kept, _ now: ContinuousClock.Instant) -> Bool {
        now - kept.readAt > (kept.card == nil ? lifetime / 5 : lifetime)
    }

    /// Puts in what was just read or written.
    func insert(_ item: CatalogItem?, id: String, now: ContinuousClock.Instant = .now) {
        keep([(id, item.map(ItemCard.init))], now)
    }

    private func keep(_ cards: [(id: String, card: ItemCard?)], _ now: ContinuousClock.Instant) {
        kept.withLockedValue { kept in
            // Cards are cheap to read again, so a full cache starts over instead of keeping an order of use.
            if kept.count + cards.count > capacity { kept.removeAll(keepingCapacity: true) }
            for (id, card) in cards { kept[id] = Kept(card: card, readAt: now) }
        }
    }
}
