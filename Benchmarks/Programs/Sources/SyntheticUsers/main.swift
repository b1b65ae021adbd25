import Catalog
import Events
import Foundation
import Logging
import Profiles
import Redis
import Sessions
import Stores

// Writes what the services keep of synthetic users, through the same pure functions and stores.
//   synthetic-users URL USERS EVENTS month|day plain|rich LIST_LENGTH profile,stream,recs,catalog
let arguments = CommandLine.arguments
guard arguments.count == 8, let users = Int(arguments[2]), let events = Int(arguments[3]),
    let listLength = Int(arguments[6])
else {
    FileHandle.standardError.write(
        Data("usage: synthetic-users URL USERS EVENTS month|day plain|rich LIST_LENGTH FAMILIES\n".utf8)
    )
    exit(64)
}
let families = Set(arguments[7].split(separator: ","))
var logger = Logger(label: "synthetic-users")
logger.logLevel = .error
let redis = RedisClient(url: try RedisURL(arguments[1]), logger: logger)
let now = Timestamp(milliseconds: Int64(Date.now.timeIntervalSince1970 * 1000))
let activity = SyntheticActivity(
    options: .init(events: events, isRich: arguments[5] == "rich", isOneDay: arguments[4] == "day"),
    now: now
)
let profiles = RedisProfileStore(redis: redis)
let states = RedisStreamStateStore(redis: redis)
let lists = RecommendationStore(redis: redis)

/// State and profile after all of a user's events.
func fold(_ user: Int) -> (state: StreamState, profile: FencedProfile) {
    let key = UserKey(userID: SyntheticActivity.userID(user))
    var state = StreamState()
    var profile: FencedProfile?
    for (event, source, facts) in activity.events(of: user) {
        let verdict = state.apply(
            source,
            eventID: event.eventID,
            time: event.timestamp,
            receivedAt: event.timestamp,
            user: key,
            policy: SessionPolicy()
        )
        guard case .processed(let session) = verdict else { continue }
        var folded = profile ?? FencedProfile(profile: UserProfile(firstEventAt: event.timestamp), fence: Fence())
        folded.fence.advance(to: source)
        folded.profile.apply(
            Activity(
                event: event,
                user: key,
                source: source,
                receivedAt: event.timestamp,
                session: session,
                item: facts
            ),
            policy: ProfilePolicy()
        )
        profile = folded
    }
    return (state, profile ?? FencedProfile(profile: UserProfile(firstEventAt: now), fence: Fence()))
}

/// A list as the scorer makes it: other items than the history's, scores that fall, most with a reason.
func list(_ user: Int, _ profile: UserProfile) -> RecommendationList {
    var chance = SplitMix(seed: UInt64(user))
    let causes = profile.items.keys.sorted()
    var score = Float(0.9) + Float(chance.below(1000)) / 10_000
    let entries = (0..<listLength).map { place in
        score -= Float(1 + chance.below(1000)) / 100_000
        return RecommendationList.Entry(
            itemID: SyntheticActivity.itemID(chance.skewed(SyntheticActivity.Options().items)),
            score: score,
            source: place % 10 == 9 ? "popular" : "als",
            reason: place % 10 == 9
                ? nil
                : .init(
                    type: chance.below(3) == 0 ? "because_you_rated" : "because_you_viewed",
                    itemID: causes[chance.below(causes.count)]
                )
        )
    }
    return RecommendationList(profileRevision: profile.revision, modelVersion: 7, computedAt: now, entries: entries)
}

if families.contains("catalog") {
    let catalog = CatalogStore(redis: redis)
    let items = SyntheticActivity.Options().items
    for start in stride(from: 0, to: items, by: 500) {
        let entries = (start..<min(start + 500, items)).map { item in
            let entry = activity.entry(item)
            return CatalogStore.Entry(id: entry.id, item: entry, generation: 1, offset: Int64(item))
        }
        _ = try await catalog.write(entries)
    }
}

try await withThrowingTaskGroup(of: Void.self) { group in
    for worker in 0..<2 {
        group.addTask {
            for start in stride(from: worker * 200, to: users, by: 400) {
                let chunk = Array(start..<min(start + 200, users))
                let folded = chunk.map { (UserKey(userID: SyntheticActivity.userID($0)), fold($0)) }
                if families.contains("stream") {
                    let written = try await states.compareAndSet(
                        folded.map { FencedWrite(user: $0.0, expected: nil, state: $0.1.state) }
                    )
                    precondition(written.allSatisfy { $0 == .applied })
                }
                if families.contains("profile") {
                    let written = try await profiles.compareAndSet(
                        folded.map { FencedWrite(user: $0.0, expected: nil, state: $0.1.profile) }
                    )
                    precondition(written.allSatisfy { $0 == .applied })
                }
                if families.contains("recs") {
                    _ = try await lists.write(
                        zip(chunk, folded).map { (user: $0.1.0, list: list($0.0, $0.1.1.profile.profile)) }
                    )
                }
            }
        }
    }
    for try await _ in group {}
}
await redis.close()
