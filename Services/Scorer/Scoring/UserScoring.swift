import Catalog
import Events
import Logging
import Profiles
import PublishedLists
import Recommenders
import Scoring
import ServiceSupport
import Stores

/// Makes, writes and announces the lists of users: the way from a profile to `{user}:recs`.
///
/// Stateless but for the current model; any number of workers share it.
struct UserScoring: Sendable {
    /// The length of a list.
    let listLength: Int
    /// How many users share a round trip.
    var chunk = 32
    let pipeline: CurrentPipeline
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
            let chunk = Array(rest.prefix(self.chunk))
            rest = rest.dropFirst(self.chunk)
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
        guard let current = pipeline.value else {
            // Without any item there is nothing to recommend from: nobody waits for a model.
            guard profiles.allSatisfy({ $0.1.items.isEmpty }) else { throw NoModelYet() }
            return []
        }
        let time = now()
        let clock = metrics.stageClock
        let drafts = try profiles.map { user, profile in
            try current.pipeline.draft(
                ListRequest(user: user, profile: profile, trends: current.trends, now: time),
                clock: clock
            )
        }
        let usedUp = Set(drafts.flatMap(\.itemsUsedUp))
        let repeatable = Set(try await entries(usedUp).values.filter(\.isRepeatable).map(\.id))
        var sets: [CandidateSet] = []
        for index in drafts.indices {
            sets.append(drafts[index].propose(repeatable: repeatable))
            await Task.yield()
        }
        let count = current.pipeline.candidatesAsked(for: listLength)
        var catalog = try await entries(Set(sets.flatMap { $0.items(first: count) }.map(current.pipeline.id)))
        var made: [UserList] = []
        for index in drafts.indices {
            var items = drafts[index].list(sets[index], length: listLength, catalog: catalog, among: count)
            if items.count < listLength, sets[index].candidates.count > count {
                let more = try await entries(Set(sets[index].items().map(current.pipeline.id)))
                catalog.merge(more) { $1 }
                items = drafts[index].list(sets[index], length: listLength, catalog: catalog)
            }
            // A list is never emptied.
            guard !items.isEmpty else { continue }
            made.append(
                UserList(
                    user: profiles[index].0,
                    list: RecommendationList(
                        profileRevision: profiles[index].1.revision,
                        modelVersion: current.pipeline.bundle.version,
                        computedAt: time,
                        entries: items.map(RecommendationList.Entry.init)
                    )
                )
            )
            await Task.yield()
        }
        return try await write(made)
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

    private func entries(_ ids: Set<String>) async throws -> [String: CatalogItem] {
        var entries: [String: CatalogItem] = [:]
        for case let item? in try await catalog.items(Array(ids)) { entries[item.id] = item }
        return entries
    }
}

/// A user's list.
typealias UserList = (user: UserKey, list: RecommendationList)

/// Users have a history, and no model has been trained yet: their lists have to wait.
struct NoModelYet: Error, CustomStringConvertible {
    var description: String { "no model has been trained yet" }
}
