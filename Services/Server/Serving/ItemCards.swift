import Catalog
import NIOConcurrencyHelpers
import Stores

/// The catalog entries that lists show, kept in the process for a while.
///
/// A list of cards that are all here costs no round trip. What is older than `lifetime` is read again; what the catalog
/// does not have is asked for again sooner.
final class ItemCards: Sendable {
    private struct Card {
        var item: CatalogItem?
        var readAt: ContinuousClock.Instant
    }

    private let store: any ServingStore
    private let lifetime: Duration
    private let capacity: Int
    private let cards = NIOLockedValueBox<[String: Card]>([:])

    init(store: any ServingStore, lifetime: Duration, capacity: Int) {
        self.store = store
        self.lifetime = lifetime
        self.capacity = capacity
    }

    /// The entries of `ids`, in their order; at most one round trip.
    ///
    /// When the store is away, old cards are better than none; throws only if one of the ids was never read.
    func items(_ ids: [String], now: ContinuousClock.Instant = .now) async throws(StoreError) -> [CatalogItem?] {
        var known: [String: Card] = cards.withLockedValue { cards in
            var known: [String: Card] = [:]
            for id in ids { known[id] = cards[id] }
            return known
        }
        let wanted = ids.filter { known[$0].map { isOld($0, now) } ?? true }
        guard !wanted.isEmpty else { return ids.map { known[$0]?.item } }
        do {
            let items = try await store.items(wanted)
            for (id, item) in zip(wanted, items) { known[id] = Card(item: item, readAt: now) }
        } catch {
            guard wanted.allSatisfy({ known[$0] != nil }) else { throw error }
            return ids.map { known[$0]?.item }
        }
        keep(wanted, from: known)
        return ids.map { known[$0]?.item }
    }

    /// What the catalog did not have may be there any moment.
    private func isOld(_ card: Card, _ now: ContinuousClock.Instant) -> Bool {
        now - card.readAt > (card.item == nil ? lifetime / 5 : lifetime)
    }

    /// Puts in a card that was just read.
    func insert(_ item: CatalogItem?, id: String, now: ContinuousClock.Instant = .now) {
        keep([id], from: [id: Card(item: item, readAt: now)])
    }

    private func keep(_ ids: [String], from known: [String: Card]) {
        cards.withLockedValue { cards in
            // Cards are cheap to read again, so a full cache starts over instead of keeping an order of use.
            if cards.count + ids.count > capacity { cards.removeAll(keepingCapacity: true) }
            for id in ids { cards[id] = known[id] }
        }
    }
}
