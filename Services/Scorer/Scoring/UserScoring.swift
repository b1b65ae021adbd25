import Catalog
import Events
import Logging
import Profiles
import Recommenders
import Scoring
import ServiceSupport
import Stores

/// Makes, writes and announces the lists of users: the way from a profile to `{user}:recs`.
///
/// Stateless but for the current model; any number of workers share it.
struct UserScoring: Sendable {
    /// How lists are made.
    struct Policy: Sendable, Hashable {
        var taste: TastePolicy
        var exclusion: ExclusionPolicy
        /// The length of a list.
        var listLength = 50
        /// How many more candidates are made, in case some are unavailable.
        var spareCandidates = 50
        /// How many users share a round trip.
        var chunk = 32
    }

    let policy: Policy
    let model: CurrentModel
    let profiles: RedisProfileStore
    let catalog: CatalogStore
    let lists: RecommendationStore
    let announcements: ListAnnouncements
    let metrics: ScorerMetrics
    let failures: RepeatedErrorLog
    let now: @Sendable () -> Timestamp

    /// Scores users, each once; returns when their lists are in Redis and announced.
    ///
    /// Throws when something is away: Redis, Kafka, or, for users with a history, a first model.
    func score(_ users: [UserKey]) async throws {
        var rest = users[...]
        while !rest.isEmpty {
            let chunk = Array(rest.prefix(policy.chunk))
            rest = rest.dropFirst(policy.chunk)
            let start = ContinuousClock.now
            let written = try await writeLists(try await loadProfiles(chunk))
            metrics.scoringDuration.observe(ContinuousClock.now - start)
            try await announcements.send(written)
        }
    }

    private func loadProfiles(_ users: [UserKey]) async throws -> [(UserKey, UserProfile)] {
        let outcomes = try await profiles.load(users)
        return zip(users, outcomes).compactMap { user, outcome in
            switch outcome {
            case .found(let state): return (user, state.profile)
            case .absent: return nil
            case .failed(let error):
                metrics.unreadableProfiles.increment()
                failures.log(level: .error, "a profile cannot be read", metadata: ["error": "\(error)"])
                return nil
            }
        }
    }

    private func writeLists(_ profiles: [(UserKey, UserProfile)]) async throws -> [UserList] {
        guard let model = model.value else {
            // Without any item there is nothing to recommend from: nobody waits for a model.
            guard profiles.allSatisfy({ $0.1.items.isEmpty }) else { throw NoModelYet() }
            return []
        }
        let drafts = try profiles.map { user, profile in
            try RecommendationDraft(profile: profile, bundle: model, policy: policy.taste)
        }
        let usedUp = Set(drafts.flatMap { $0.itemsUsedUp(by: policy.exclusion) })
        let repeatable = try await catalogIDs(usedUp) { $0.isRepeatable }
        var candidates: [[Candidate]] = []
        for draft in drafts {
            candidates.append(
                draft.candidates(
                    limit: policy.listLength + policy.spareCandidates,
                    policy: policy.exclusion,
                    repeatable: repeatable
                )
            )
            await Task.yield()
        }
        let proposed = Set(zip(drafts, candidates).flatMap { draft, candidates in candidates.map(draft.id) })
        let unavailable = try await catalogIDs(proposed) { !$0.isAvailable }
        let made = zip(profiles, zip(drafts, candidates)).compactMap { profile, made in
            let (draft, candidates) = made
            let available = candidates.filter { !unavailable.contains(draft.id(of: $0)) }
            return list(of: profile.0, draft, available, version: model.version)
        }
        return try await write(made)
    }

    /// `nil` when there is nothing to show: a list is never emptied.
    private func list(
        of user: UserKey,
        _ draft: RecommendationDraft,
        _ candidates: [Candidate],
        version: UInt64
    ) -> UserList? {
        guard !candidates.isEmpty else { return nil }
        let entries = candidates.prefix(policy.listLength).map { candidate in
            RecommendationList.Entry(
                itemID: draft.id(of: candidate),
                score: candidate.score,
                source: candidate.sources.first?.source.rawValue ?? "",
                reason: draft.reason(for: candidate).map {
                    RecommendationList.Reason(type: $0.type, itemID: $0.itemID)
                }
            )
        }
        return UserList(
            user: user,
            list: RecommendationList(
                profileRevision: draft.profile.revision,
                modelVersion: version,
                computedAt: now(),
                entries: Array(entries)
            )
        )
    }

    /// The lists that were stored; a newer one may have stood there already.
    private func write(_ made: [UserList]) async throws -> [UserList] {
        metrics.scoredUsers.increment(by: made.count)
        do throws(StoreError) {
            return stored(made, try await lists.write(made))
        } catch {
            guard !error.isRetriable else { throw error }
            // One that Redis refuses must not hold the others back.
            var written: [UserList] = []
            for list in made { written += try await writeAlone(list) }
            return written
        }
    }

    private func writeAlone(_ list: UserList) async throws -> [UserList] {
        do throws(StoreError) {
            return stored([list], try await lists.write([list]))
        } catch {
            guard !error.isRetriable else { throw error }
            metrics.refusedLists.increment()
            failures.log(level: .error, "a list was refused", metadata: ["error": "\(error)"])
            return []
        }
    }

    private func stored(_ made: [UserList], _ outcomes: [Bool]) -> [UserList] {
        let written = zip(made, outcomes).filter(\.1).map(\.0)
        metrics.fencedLists.increment(by: made.count - written.count)
        return written
    }

    private func catalogIDs(_ ids: Set<String>, where isMeant: (CatalogItem) -> Bool) async throws -> Set<String> {
        Set(try await catalog.items(Array(ids)).compactMap { item in item.flatMap { isMeant($0) ? $0.id : nil } })
    }
}

/// A user's list.
typealias UserList = (user: UserKey, list: RecommendationList)

/// Users have a history, and no model has been trained yet: their lists have to wait.
struct NoModelYet: Error, CustomStringConvertible {
    var description: String { "no model has been trained yet" }
}
