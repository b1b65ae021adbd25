import NIOConcurrencyHelpers
import Stores

/// The trending list, kept in the process: fresh for about a second, and the last resort when the store is away.
final class TrendingCache: Sendable {
    private struct State {
        var items: [RankedItem] = []
        var readAt: ContinuousClock.Instant?
    }

    private let store: any ServingStore
    private let lifetime: Duration
    private let state = NIOLockedValueBox(State())

    init(store: any ServingStore, lifetime: Duration = .seconds(1)) {
        self.store = store
        self.lifetime = lifetime
    }

    /// The items, best first, read again when they are older than the lifetime; none when nothing is trending, the last
    /// ones when what is stored cannot be read.
    func items(now: ContinuousClock.Instant = .now) async throws(StoreError) -> [RankedItem] {
        let kept = state.withLockedValue { $0 }
        if let readAt = kept.readAt, now - readAt <= lifetime { return kept.items }
        let items: [RankedItem]
        do {
            items = try await store.trending() ?? []
        } catch {
            guard !error.isRetriable else { throw error }
            items = kept.items
        }
        state.withLockedValue { $0 = State(items: items, readAt: now) }
        return items
    }

    /// The items as they were last read, however old.
    var last: [RankedItem] { state.withLockedValue { $0.items } }
}
