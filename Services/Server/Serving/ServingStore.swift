import Catalog
import Events
import Profiles
import Stores

/// What the server reads: one call is one round trip.
protocol ServingStore: Sendable {
    /// The user's list, `nil` when the scorer has written none.
    func recommendations(for user: UserKey) async throws(StoreError) -> RecommendationList?

    /// What many people use now, `nil` when nothing is known yet.
    func trending() async throws(StoreError) -> [RankedItem]?

    /// What goes well with an item, `nil` when nothing is known.
    func similar(to item: String) async throws(StoreError) -> [RankedItem]?

    /// The catalog's entries of these ids, in their order; `nil` for what the catalog does not have.
    func items(_ ids: [String]) async throws(StoreError) -> [CatalogItem?]

    /// The user's profile, `nil` for users that nobody has seen.
    func profile(of user: UserKey) async throws(StoreError) -> UserProfile?
}
