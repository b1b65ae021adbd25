import Catalog
import Events
import NIOConcurrencyHelpers
import Profiles
import Stores

@testable import Server

/// The server's reads from memory; it can also be away.
final class InMemoryServingStore: ServingStore {
    struct State {
        var lists: [UserKey: RecommendationList] = [:]
        var trending: [RankedItem]?
        var similar: [String: [RankedItem]] = [:]
        var items: [String: CatalogItem] = [:]
        var profiles: [UserKey: UserProfile] = [:]
        var isAway = false
        var isDamaged = false
        var roundTrips = 0
    }

    let state = NIOLockedValueBox(State())

    func change(_ body: (inout State) -> Void) {
        state.withLockedValue { body(&$0) }
    }

    private func read<Value: Sendable>(_ body: (State) -> Value) throws(StoreError) -> Value {
        let result: Result<Value, StoreError> = state.withLockedValue { state in
            state.roundTrips += 1
            if state.isDamaged { return .failure(StoreError(code: .corrupt, message: "damaged")) }
            return state.isAway ? .failure(StoreError(code: .unavailable, message: "away")) : .success(body(state))
        }
        return try result.get()
    }

    func recommendations(for user: UserKey) async throws(StoreError) -> RecommendationList? {
        try read { $0.lists[user] }
    }

    func trending() async throws(StoreError) -> [RankedItem]? {
        try read { $0.trending }
    }

    func similar(to item: String) async throws(StoreError) -> [RankedItem]? {
        try read { $0.similar[item] }
    }

    func items(_ ids: [String]) async throws(StoreError) -> [CatalogItem?] {
        try read { state in ids.map { state.items[$0] } }
    }

    func profile(of user: UserKey) async throws(StoreError) -> UserProfile? {
        try read { $0.profiles[user] }
    }
}

/// Takes changes to the catalog, or loses them all.
final class RecordingCatalogWriter: CatalogWriter {
    let changes = NIOLockedValueBox<[CatalogChange]>([])
    let isAway = NIOLockedValueBox(false)

    func write(_ changes: [CatalogChange]) async -> Int {
        if isAway.withLockedValue({ $0 }) { return changes.count }
        self.changes.withLockedValue { $0 += changes }
        return 0
    }
}

extension RecommendationList {
    /// A list of ids with falling scores.
    init(_ ids: [String], revision: UInt64, because type: String, of item: String) {
        let reason = Reason(type: type, itemID: item)
        let entries = RankedItem.ranked(ids)
            .map { Entry(itemID: $0.itemID, score: $0.score, source: "als", reason: reason) }
        self.init(
            profileRevision: revision,
            modelVersion: 3,
            computedAt: Timestamp(milliseconds: 0),
            entries: entries
        )
    }
}

extension RankedItem {
    /// Ids with falling scores.
    static func ranked(_ ids: [String]) -> [RankedItem] {
        ids.enumerated().map { RankedItem(itemID: $1, score: 1 / Float($0 + 1)) }
    }
}
