import Catalog
import Events
import Profiles
import Redis
import Stores

/// Reads what the other services keep in Redis.
struct RedisServingStore: ServingStore {
    private let lists: RecommendationStore
    private let catalog: CatalogStore
    private let profiles: RedisProfileStore

    init(redis: RedisClient, keys: KeySpace) {
        lists = RecommendationStore(redis: redis, keys: keys)
        // The server keeps cards of its own, which outlive Redis' absence.
        catalog = CatalogStore(redis: redis, keys: keys, timeToLive: .zero, capacity: 0)
        profiles = RedisProfileStore(redis: redis, keys: keys)
    }

    func recommendations(for user: UserKey) async throws(StoreError) -> RecommendationList? {
        try await lists.list(for: user)
    }

    func trending() async throws(StoreError) -> [RankedItem]? {
        try await lists.trending(scope: "all")
    }

    func similar(to item: String) async throws(StoreError) -> [RankedItem]? {
        try await lists.similar(to: item)
    }

    func items(_ ids: [String]) async throws(StoreError) -> [CatalogItem?] {
        try await catalog.items(ids)
    }

    func profile(of user: UserKey) async throws(StoreError) -> UserProfile? {
        switch try await profiles.load([user])[0] {
        case .absent: nil
        case .found(let stored): stored.profile
        case .failed(let error): throw error
        }
    }
}
