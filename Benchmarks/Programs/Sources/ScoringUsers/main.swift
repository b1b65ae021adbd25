import Catalog
import Events
import Foundation
import Logging
import Profiles
import Redis
import Stores

// Puts a scorer's surroundings into Redis: a published bundle, the catalog of its items, and users with histories.
//   scoring-users URL ARTEFACT ITEMS USERS
// The items are item-0 … and the users user-0000000 …, with 5 to 50 items each, popular ones more often.
let arguments = CommandLine.arguments
guard arguments.count == 5, let items = Int(arguments[3]), let users = Int(arguments[4]) else {
    FileHandle.standardError.write(Data("usage: scoring-users URL ARTEFACT ITEMS USERS\n".utf8))
    exit(64)
}
var logger = Logger(label: "scoring-users")
logger.logLevel = .error
let redis = RedisClient(url: try RedisURL(arguments[1]), logger: logger)
let now = Timestamp(milliseconds: Int64(Date.now.timeIntervalSince1970 * 1000))

let registry = ModelStore(redis: redis)
let artefact = Array(try Data(contentsOf: URL(filePath: arguments[2])))
let record = ModelRecord(origin: .training, publishedAt: now)
let version = try await registry.publish(artefact, name: "blend", after: 0, record: record)
precondition(version == 1)
// Else the scorer would begin by writing the lists of similar items.
try await registry.noteAnnounced(1, name: "blend")

let catalog = CatalogStore(redis: redis)
for start in stride(from: 0, to: items, by: 500) {
    let entries = (start..<min(start + 500, items)).map { item in
        let entry = CatalogItem(
            id: "item-\(item)",
            title: "The title of item number \(item)",
            categories: ["category \(item % 19)"],
            tags: ["tag \(item % 211)"],
            creator: "creator \(item % 2003)",
            price: 9.5
        )
        return CatalogStore.Entry(id: entry.id, item: entry, generation: 1, offset: Int64(item))
    }
    _ = try await catalog.write(entries)
}

/// A user who liked one item a minute until a moment ago.
func profile() -> UserProfile {
    let count = Int.random(in: 5...50)
    let first = Timestamp(milliseconds: now.milliseconds - Int64(count) * 60_000)
    var profile = UserProfile(firstEventAt: first)
    for place in 0..<count {
        let uniform = Double.random(in: 0..<1)
        profile.items["item-\(Int(uniform * uniform * uniform * Double(items)))"] = ItemSignal(
            type: .like,
            strength: 4,
            lastTime: Timestamp(milliseconds: first.milliseconds + Int64(place) * 60_000)
        )
    }
    profile.lastSeen = now
    profile.revision = UInt64(count)
    return profile
}

let profiles = RedisProfileStore(redis: redis)
for start in stride(from: 0, to: users, by: 200) {
    let writes = (start..<min(start + 200, users)).map { user in
        FencedWrite(
            user: UserKey(userID: "user-" + String(repeating: "0", count: 7 - "\(user)".count) + "\(user)"),
            expected: nil,
            state: FencedProfile(profile: profile(), fence: Fence())
        )
    }
    let written = try await profiles.compareAndSet(writes)
    precondition(written.allSatisfy { $0 == .applied })
}
await redis.close()
