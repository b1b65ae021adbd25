import Catalog
public import Events
import Profiles
import Recommenders
public import Redis
import Scoring
public import Stores

/// Makes users' lists once more from what is published, and compares them with those that stand in Redis.
public struct ListAgreement: Sendable {
    /// What came out for one user.
    public enum Verdict: Sendable, Hashable {
        /// Item for item the same, with sources and reasons.
        case agrees(items: [String])
        /// There is no list, or it was made from another profile or model: nothing to compare.
        case notComparable(String)
        /// The first difference, by place from 0.
        case differs(place: Int, expected: String, found: String)
    }

    private let settings: ListSettings
    private let newItems: Int
    private let profiles: RedisProfileStore
    private let lists: RecommendationStore
    private let catalog: CatalogStore
    private let registry: ModelStore

    /// Compares with the settings of the scorer; `newItems` is its `catalog.new.items`.
    public init(redis: RedisClient, keys: KeySpace, registry: ModelRegistry, settings: ListSettings, newItems: Int) {
        self.settings = settings
        self.newItems = newItems
        profiles = RedisProfileStore(redis: redis, keys: keys)
        lists = RecommendationStore(redis: redis, keys: keys)
        catalog = CatalogStore(redis: redis, keys: keys, timeToLive: .zero)
        self.registry = ModelStore(redis: redis, keys: keys, registry: registry)
    }

    /// The verdicts in the order of the users; throws when something is away or nothing is published.
    public func check(_ users: [UserKey]) async throws -> [Verdict] {
        let pipeline = try await pipeline()
        let ranking = try await lists.trending(scope: "all") ?? []
        let trends = pipeline.trends(ranking.map { (id: $0.itemID, score: $0.score) })
        var verdicts: [Verdict] = []
        for (user, outcome) in zip(users, try await profiles.load(users)) {
            guard case .found(let state) = outcome else {
                verdicts.append(.notComparable("no profile"))
                continue
            }
            guard let served = try await lists.list(for: user) else {
                verdicts.append(.notComparable("no list"))
                continue
            }
            guard served.profileRevision == state.profile.revision,
                served.modelVersion == pipeline.bundle.version
            else {
                verdicts.append(.notComparable("the list is of another profile or model"))
                continue
            }
            let request = ListRequest(user: user, profile: state.profile, trends: trends, now: served.computedAt)
            verdicts.append(Self.compare(served.entries, try await entries(request, pipeline)))
        }
        return verdicts
    }

    private func pipeline() async throws -> ListPipeline {
        let version = try await registry.currentVersion(of: ModelBundle.name)
        guard let bytes = try await registry.artefact(of: ModelBundle.name, version: version) else {
            throw StoreError(code: .unavailable, message: "no model is published")
        }
        let bundle = try ModelBundle(version: version, artefact: bytes)
        var live = LiveCatalog(limit: newItems)
        for entry in try await catalog.entries() { live.take(entry) }
        return try settings.pipeline(of: bundle).with(newItems: live.newItems(besides: bundle.isUsed))
    }

    private func entries(
        _ request: ListRequest,
        _ pipeline: ListPipeline
    ) async throws -> [RecommendationList.Entry] {
        let draft = try pipeline.draft(request)
        let repeatable = try await items(draft.itemsUsedUp).values.filter(\.isRepeatable).map(\.id)
        let set = draft.propose(repeatable: Set(repeatable))
        let known = try await items(set.items().map(pipeline.id))
        return draft.list(set, length: settings.length, catalog: known).map(RecommendationList.Entry.init)
    }

    private func items(_ ids: [String]) async throws -> [String: CatalogItem] {
        var found: [String: CatalogItem] = [:]
        for case let item? in try await catalog.items(ids) { found[item.id] = item }
        return found
    }

    /// Scores may have been rounded where they are stored; everything else must be the same.
    private static func compare(
        _ served: [RecommendationList.Entry],
        _ expected: [RecommendationList.Entry]
    ) -> Verdict {
        func text(_ entry: RecommendationList.Entry) -> String {
            let reason = entry.reason.map { " \($0.type) \($0.itemID)" } ?? ""
            return "\(entry.itemID) (\(entry.source)\(reason))"
        }
        for (place, pair) in zip(served, expected).enumerated() where text(pair.0) != text(pair.1) {
            return .differs(place: place, expected: text(pair.1), found: text(pair.0))
        }
        guard served.count == expected.count else {
            return .differs(
                place: min(served.count, expected.count),
                expected: "\(expected.count) items",
                found: "\(served.count) items"
            )
        }
        return .agrees(items: served.map(\.itemID))
    }
}
